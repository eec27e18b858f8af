import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connection, dag } from "@dagger.io/dagger";
import { imageReference } from "../../../.dagger/src/plan/references.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";

// Makes cosign.key (password: secret) and cosign.pub in a folder, with the cosign of a sources file.
// Usage: key-pair.ts FOLDER SOURCES

const [folder = ".", file = "sources.yaml"] = process.argv.slice(2);
const { sources } = parseSources("sources.yaml", readFileSync(file));
if (!sources) throw new Error(`${file} cannot be read`);
await connection(async () => {
  const made = dag
    .container()
    .from(imageReference(sources, "cosign").address)
    .withEnvVariable("COSIGN_PASSWORD", "secret")
    .withEnvVariable("PAIR_OF", folder) // the engine would give a second folder the first one's pair
    .withWorkdir("/tmp")
    .withExec(["generate-key-pair"], { useEntrypoint: true });
  for (const name of ["cosign.key", "cosign.pub"]) await made.file(`/tmp/${name}`).export(join(folder, name));
});
