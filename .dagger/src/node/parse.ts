import type { Problem } from "../errors.js";
import { type ParsedYaml, parseYaml } from "../yaml/parse.js";
import { checkSchema } from "../yaml/schema-problems.js";
import { Node } from "./node.js";

/** A node.yaml, read: the node where it is valid, the problems where it is not, and its positions. */
export type ParsedNode = { yaml: ParsedYaml; node: Node | undefined; problems: readonly Problem[] };

/** Reads a node.yaml. Never throws; rules that need more than the schema come later (rules.ts). */
export function parseNode(file: string, input: Uint8Array | string): ParsedNode {
  const yaml = parseYaml(file, input);
  if (yaml.value === undefined) return { yaml, node: undefined, problems: yaml.problems };
  const { value, problems } = checkSchema(yaml, Node, "node/schema");
  return { yaml, node: value, problems: [...yaml.problems, ...problems] };
}
