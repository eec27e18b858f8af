import type { Directory, File } from "@dagger.io/dagger";
import { checkWorkspace } from "../check/check.js";
import { readDirectory } from "../check/read-directory.js";
import type { Workspace } from "../check/workspace.js";
import { nodeFiles } from "../plan/node-files.js";
import { errorsOf, nodeInput } from "../plan/node-input.js";
import { problemLines } from "../plan/problem-lines.js";
import { type Recipe, recipeOf } from "../plan/recipe.js";
import { parseSources } from "../sources/parse.js";
import { pinProblems } from "../sources/pin-policy.js";
import type { Sources } from "../sources/sources.js";

/** The files that a call is about. */
export type Files = { nodes: Directory; sources: File };

/** What the files say, read once and before anything is built. */
export type Project = {
  files: Files;
  /** The names of all nodes, also of those that cannot be built. */
  nodes: string[];
  /** Why a node cannot be built: every error in its folder and in the sources, by its place. */
  wrong(node: string): string[];
  /** The files that nodes are built from, by their paths in the repository; none of a node that cannot be built. */
  builtFrom(nodes: readonly string[]): string[];
  sources: Sources | undefined;
  recipe(node: string, version: string, revision: string): Recipe;
};

/** Reads and checks the files. */
export async function readProject(files: Files): Promise<Project> {
  return projectOf(files, await readDirectory(files.nodes, files.sources));
}

/** The same of what was read already. What is wrong in the files is thrown where a recipe needs it. */
export function projectOf(files: Files, workspace: Workspace): Project {
  const checked = checkWorkspace(workspace);
  return {
    files,
    nodes: [...checked.nodes.keys(), ...checked.broken].sort(),
    builtFrom: (nodes) =>
      nodes.flatMap((name) => {
        const node = checked.nodes.get(name);
        return node ? nodeFiles(node) : [];
      }),
    wrong: (node) => errorsOf(checked, node),
    sources: checked.sources,
    recipe: (node, version, revision) => recipeOf({ ...nodeInput(workspace, checked, node), version, revision }),
  };
}

/** What forbids that something built from these sources is published: each line names the place in their file. */
export async function pinLines(files: Files, names: readonly string[]): Promise<string[]> {
  const [called, text] = await Promise.all([files.sources.name(), files.sources.contents()]);
  const { sources, yaml } = parseSources(called, text);
  if (!sources) return [];
  const used = Object.fromEntries(Object.entries(sources.sources).filter(([name]) => names.includes(name)));
  return problemLines(pinProblems({ sources: used }, "release", yaml));
}
