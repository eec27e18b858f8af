import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Container, connection, type Directory, dag } from "@dagger.io/dagger";
import { explained } from "../../../.dagger/src/image/explain.js";
import { image } from "../../../.dagger/src/image/image.js";
import { readRecipe } from "../../../.dagger/src/image/read-recipe.js";
import type { Recipe } from "../../../.dagger/src/plan/recipe.js";

export const root = join(import.meta.dir, "../../..");

/** The sources that the engine can reach: the launcher's stand-ins where no registry answers. */
export function sourcesText(): string {
  const path = process.env.HEGEMONIKON_SOURCES ?? join(root, "sources.yaml");
  if (!existsSync(path)) throw new Error(`${path} is missing: run ./hegemonikon test engine`);
  return readFileSync(path, "utf8");
}

/** sources.yaml, as the module gets it. */
export const sourcesFile = (text = sourcesText()) =>
  dag.directory().withNewFile("sources.yaml", text).file("sources.yaml");

/** The repository's nodes, with texts replaced: `{ "kairos/node.yaml": (text) => … }`. */
export function nodesDir(changes: Record<string, (text: string) => string> = {}): Directory {
  return Object.entries(changes).reduce(
    (dir, [path, change]) => dir.withNewFile(path, change(readFileSync(join(root, "nodes", path), "utf8"))),
    dag.host().directory(join(root, "nodes")),
  );
}

/** Runs in a session of the engine that ./hegemonikon test engine names. */
export async function onEngine(run: () => Promise<void>): Promise<void> {
  if (!process.env._EXPERIMENTAL_DAGGER_RUNNER_HOST) throw new Error("no engine: run ./hegemonikon test engine");
  await connection(run);
}

/** A node's recipe and image, lazily. */
export async function nodeImage(
  node: string,
  nodes: Directory = nodesDir(),
  sources = sourcesFile(),
  revision = "",
): Promise<{ recipe: Recipe; image: Container }> {
  const recipe = await readRecipe(nodes, sources, { node, version: "v0.0.0-dev", revision });
  return { recipe, image: image(recipe, nodes.directory(node)) };
}

/** The message that people see when a build fails. */
export async function failure(node: string, run: () => Promise<unknown>): Promise<string> {
  try {
    await explained(node, run);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it did not fail");
}
