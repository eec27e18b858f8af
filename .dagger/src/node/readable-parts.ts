import { z } from "zod";
import { nearest } from "../yaml/nearest.js";
import { Node } from "./node.js";

/** Those parts of a node.yaml that the schema accepts, so that one mistake does not hide the others. */
export type NodeParts = { [Key in keyof Node]?: Node[Key] };

/** The valid fields of a value that should be a node. A list keeps its indexes: invalid entries become holes. */
export function readableParts(value: unknown): NodeParts {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const parts: { [key: string]: unknown } = {};
  const known = Object.keys(Node.shape);
  // Where `fiels` stands, nobody knows the files: they are not "none".
  const meant = new Set(Object.keys(value).flatMap((key) => (known.includes(key) ? [] : (nearest(key, known) ?? []))));
  for (const [key, schema] of Object.entries(Node.shape)) {
    if (meant.has(key) && !Object.hasOwn(value, key)) continue;
    const raw: unknown = Object.hasOwn(value, key) ? (value as { [key: string]: unknown })[key] : undefined;
    const whole = schema.safeParse(raw);
    if (whole.success) parts[key] = whole.data;
    else if (Array.isArray(raw)) parts[key] = validEntries(schema, raw);
  }
  return parts as NodeParts;
}

function validEntries(schema: z.ZodType, raw: unknown[]): unknown[] | undefined {
  const list = schema instanceof z.ZodDefault ? schema.def.innerType : schema;
  if (!(list instanceof z.ZodArray)) return undefined;
  const element = list.element as z.ZodType;
  const valid: unknown[] = new Array(raw.length);
  raw.forEach((entry, index) => {
    const result = element.safeParse(entry);
    if (result.success) valid[index] = result.data;
  });
  return valid;
}
