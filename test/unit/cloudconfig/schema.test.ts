import { expect, test } from "bun:test";
import { parse } from "yaml";
import { z } from "zod";
import { CloudConfig } from "../../../.dagger/src/cloudconfig/cloud-config.js";
import { fixtures } from "./read-fixtures.js";

const schema = z.toJSONSchema(CloudConfig, { io: "input" }) as {
  properties: Record<string, { description?: string }>;
  additionalProperties: unknown;
};

test("the JSON Schema is strict and describes every key", () => {
  expect(schema.additionalProperties).toBe(false);
  for (const [key, property] of Object.entries(schema.properties)) {
    expect({ key, described: Boolean(property.description) }).toEqual({ key, described: true });
  }
  expect(Object.keys(schema.properties)).toContain("stages");
});

/** What the checker takes and an editor marks: empty values, dotted keys, YAML 1.1 flags and permissions without quotes. */
const STRICTER = [
  "valid/cloud-init.yaml",
  "valid/install-dotted.yaml",
  "valid/install-empty-values.yaml",
  "valid/yaml-1.1-flags.yaml",
];

for (const { name, text } of fixtures("valid")) {
  test(`${name} fits the schema that editors use`, () => {
    expect(CloudConfig.safeParse(parse(text)).success).toBe(!STRICTER.includes(name));
  });
}
