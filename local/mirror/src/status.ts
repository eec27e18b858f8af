// Which stand-ins are built, for which architectures, and whether they are served. Exit code 1: not served.
import { join } from "node:path";
import { repository } from "./cache.js";
import { fileServer, registry, running } from "./daemons.js";
import { isBuilt } from "./inputs.js";
import { readSources, replacedSources } from "./served.js";

let down = false;
for (const daemon of [registry, fileServer]) {
  const now = running(daemon);
  down ||= !now;
  console.log(`${daemon.name.padEnd(12)} ${now ? `localhost:${now.port} (pid ${now.pid})` : "not running"}`);
}
for (const { entry, source, builds } of replacedSources(readSources(join(repository, "sources.yaml")))) {
  const archs = builds.map((build) => `${build.arch}: ${isBuilt(build) ? "built" : "not built"}`);
  console.log(`${entry.padEnd(12)} ${source.version}  ${archs.join(", ")}`);
}
process.exit(down ? 1 : 0);
