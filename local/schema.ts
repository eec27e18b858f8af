import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../.dagger/src/node/json-schema.js";

// Writes the JSON Schemas that editors use, from zod: bun local/schema.ts [--check]. With --check it only compares.

const folder = join(import.meta.dir, "..", "schema");
const drifted: string[] = [];
for (const [name, text] of Object.entries(jsonSchemas())) {
  const path = join(folder, name);
  if (process.argv.includes("--check")) {
    if (readIfThere(path) !== text) drifted.push(`schema/${name}`);
  } else {
    writeFileSync(path, text);
    console.log(`schema/${name}`);
  }
}
if (drifted.length > 0) {
  console.error(
    `${drifted.join(", ")}: not what the zod schemas say; run \`bun local/schema.ts\` and commit the result`,
  );
  process.exitCode = 1;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
