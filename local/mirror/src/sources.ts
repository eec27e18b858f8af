// `sources [FILE]`: prints the trial's sources file, made from FILE (default: the repository's sources.yaml).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./cache.js";
import { fileServer, running } from "./daemons.js";
import { fail } from "./messages.js";
import { readSources, replacedSources, servedFiles, servedImage } from "./served.js";
import { type Place, trialSources } from "./trial.js";

const file = process.argv[2] ?? join(repository, "sources.yaml");
if (!existsSync(file)) fail(`found no ${file}`);
const server = running(fileServer);
const places: Record<string, Place> = {};
for (const replaced of replacedSources(readSources(file))) {
  const files = servedFiles(replaced);
  const first = files[0];
  places[replaced.entry] = {
    digest: servedImage(replaced)?.index.digest,
    url: server && first && `http://localhost:${server.port}/${first.template}`,
    sha256: first && Object.fromEntries(files.map(({ arch, sha256 }) => [arch, sha256])),
  };
}
process.stdout.write(trialSources(readFileSync(file, "utf8"), places));
