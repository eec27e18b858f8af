import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The nodes of a repository, by name: the folders in nodes/ with a node.yaml. Who adds one edits no list of them. */
export function nodeNames(root: string): string[] {
  const named = readdirSync(join(root, "nodes"));
  return named.filter((name) => existsSync(join(root, "nodes", name, "node.yaml"))).sort();
}
