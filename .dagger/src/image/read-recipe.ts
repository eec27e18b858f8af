import type { Directory, File } from "@dagger.io/dagger";
import { checkWorkspace } from "../check/check.js";
import { readDirectory } from "../check/read-directory.js";
import { HegemonikonError } from "../errors.js";
import { nodeInput } from "../plan/node-input.js";
import { type Recipe, recipeOf } from "../plan/recipe.js";

/** What is asked of a build: the node, its version, and the git revision of the files ("" where unknown). */
export type Wanted = {
  node: string;
  version: string;
  revision: string;
  /** The medium that is asked for; absent where the node's own is meant. */
  medium?: "iso" | "raw";
};

/** The recipe of a node, from the files given. Throws a HegemonikonError that lists what is wrong with them. */
export async function readRecipe(nodes: Directory, sources: File, wanted: Wanted): Promise<Recipe> {
  const workspace = await readDirectory(nodes, sources);
  const input = nodeInput(workspace, checkWorkspace(workspace), wanted.node);
  if (wanted.medium && wanted.medium !== input.node.medium) {
    const { name, medium } = input.node;
    throw new HegemonikonError(
      `--node: found ${name}, whose medium is ${medium}, expected a node whose medium is ${wanted.medium}: call ${medium} --node=${name}`,
    );
  }
  return recipeOf({ ...input, version: wanted.version, revision: wanted.revision });
}
