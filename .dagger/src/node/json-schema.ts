import { z } from "zod";
import { Sources } from "../sources/sources.js";
import { Node } from "./node.js";

/** The JSON Schemas for editors, by file name in schema/: what people may write, so that defaults are optional. */
export function jsonSchemas(): { [file: string]: string } {
  return {
    "node.schema.json": jsonSchema(Node, "node.yaml: one machine, one role"),
    "sources.schema.json": jsonSchema(Sources, "sources.yaml: every outside thing, pinned"),
  };
}

function jsonSchema(schema: z.ZodType, title: string): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "throw" });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
