import type { Node } from "../node/node.js";

/** The files below its folder that a node bakes in, as node.yaml names them. */
export function roleFiles({ files, units }: Pick<Node, "files" | "units">): string[] {
  return [...files, ...units].flatMap(({ source }) => source ?? []);
}

/** Every file that a node is built from, by its path in the repository. */
export function nodeFiles(node: Pick<Node, "name" | "files" | "units">): string[] {
  return ["node.yaml", "cloud-config.yaml", ...roleFiles(node)].map((path) => `nodes/${node.name}/${path}`);
}
