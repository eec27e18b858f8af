import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CloudConfig } from "../.dagger/src/cloudconfig/cloud-config.js";
import { Manifest } from "../.dagger/src/manifest/manifest.js";
import { Node } from "../.dagger/src/node/node.js";
import { Sources } from "../.dagger/src/sources/sources.js";

// Writes the JSON Schemas that editors use, from zod: npm run schema [-- --check]. With --check it only compares.

const schemas: [file: string, title: string, schema: z.ZodType][] = [
  ["node.schema.json", "node.yaml: one machine, one role", Node],
  ["sources.schema.json", "sources.yaml: every outside thing, pinned", Sources],
  ["manifest.schema.json", "manifest.json: what a build decided and made", Manifest],
  ["cloud-config.schema.json", "cloud-config.yaml: what Kairos and yip accept", CloudConfig],
];

/** What people may write: a key with a default is optional. Draft 7 is what editors' language servers know best. */
function jsonSchema(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "throw" });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const drifted: string[] = [];
for (const [file, title, schema] of schemas) {
  const path = join(import.meta.dir, "..", "schema", file);
  const text = jsonSchema(title, schema);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
    console.log(`schema/${file}`);
  } else if (readIfThere(path) !== text) {
    drifted.push(`schema/${file}`);
  }
}
if (drifted.length > 0) {
  console.error(`${drifted.join(", ")}: not what the zod schemas say; run \`npm run schema\` and commit the result`);
  process.exitCode = 1;
}
