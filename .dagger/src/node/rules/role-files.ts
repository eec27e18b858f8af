import type { YamlPath } from "../../yaml/parse.js";
import { entries, type NodeContext } from "./rule.js";

/** The files below the node's folder that its role is made of, each with its place in node.yaml. */
export function referenced({ node }: NodeContext): { source: string; path: YamlPath }[] {
  return [
    ...entries(node.files).map(([i, { source }]) => ({ source, path: ["files", i, "source"] })),
    ...entries(node.units).flatMap(([i, { source }]) => (source ? [{ source, path: ["units", i, "source"] }] : [])),
  ];
}

/** Where one of them stands in the repository. */
export function pathOf({ folder }: Pick<NodeContext, "folder">, source: string): string {
  return `nodes/${folder}/${source}`;
}

/** The bytes of one of them; undefined where there is no file, or none that is read. */
export function bytesOf({ folder, files }: NodeContext, source: string): Uint8Array | undefined {
  const path = pathOf({ folder }, source);
  return files.find((file) => file.path === path && file.kind === "file")?.bytes;
}

/** The text of one of them, in the same way. */
export function textOf(context: NodeContext, source: string): string | undefined {
  const bytes = bytesOf(context, source);
  return bytes && new TextDecoder().decode(bytes);
}
