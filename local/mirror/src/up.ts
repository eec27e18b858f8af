// `up [NAME…] [--arch=amd64,arm64]`: builds what is missing and serves all that is built.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inCache, repository } from "./cache.js";
import { builtFolder, isBuilt } from "./inputs.js";
import { fail, say } from "./messages.js";
import { emulate, installPackages } from "./packages.js";
import { readSources, replacedSources } from "./served.js";
import { type Architecture, architectures, type Build, machine, standIns } from "./standins.js";

const sourcesFile = join(repository, "sources.yaml");
const { names, archs } = readArguments(process.argv.slice(2));
if (process.platform !== "linux") fail(`needs Linux, this is ${process.platform}`);
if (!existsSync(sourcesFile)) fail("found no sources.yaml in the repository's root");
const replaced = replacedSources(readSources(sourcesFile));
const wanted = replaced.filter(({ standIn }) => names.length === 0 || names.includes(standIn.name));
const title = ({ entry, source }: (typeof wanted)[0]) => `${entry} ${source.version}`;
say(`stand-ins in use, for tests and trials only: ${wanted.map(title).join(", ")}`);
installPackages();
const builds = wanted.flatMap((it) => it.builds).filter(({ arch }) => archs.includes(arch));
// this machine's architecture first: it is the one that most wait for
builds.sort((a, b) => Number(b.arch === machine) - Number(a.arch === machine));
for (const build of builds) await buildOnce(build);
await locked("publish", "publish.ts", [sourcesFile]);

async function buildOnce(build: Build): Promise<void> {
  if (isBuilt(build)) return;
  if (process.getuid?.() !== 0) fail("needs root to build root file systems");
  if (build.arch !== machine) emulate();
  const { standIn, version, arch } = build;
  await locked(builtFolder(build).replace(/.*\//, ""), "build.ts", [standIn.name, version, arch]);
  await locked("publish", "publish.ts", [sourcesFile]);
}

/** Runs a program of this folder alone on this machine. -o: a daemon that it starts must not keep the lock. */
async function locked(lock: string, program: string, args: string[]): Promise<void> {
  const file = inCache("locks", lock);
  const command = ["flock", "-o", file, process.execPath, join(import.meta.dir, program), ...args];
  const child = Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] });
  const code = await child.exited;
  if (code !== 0) process.exit(code || 1);
}

function readArguments(args: string[]): { names: string[]; archs: Architecture[] } {
  const known = standIns.map(({ name }) => name);
  const names: string[] = [];
  let archs: Architecture[] = [...architectures];
  for (const arg of args) {
    if (arg.startsWith("--arch=")) {
      const values = arg.slice("--arch=".length).split(",");
      archs = architectures.filter((it) => values.includes(it));
      const unknown = values.filter((it) => !(architectures as readonly string[]).includes(it));
      if (unknown.length > 0) fail(`--arch: found "${unknown.join(",")}", expected ${architectures.join(" or ")}`);
    } else if (known.includes(arg)) names.push(arg);
    else
      fail(
        `found "${arg}", expected --arch=ARCH or one of ${known.join(", ")}\nusage: local/mirror/up [NAME…] [--arch=ARCH,…]`,
      );
  }
  return { names, archs };
}
