// Builds one stand-in: `build.ts NAME VERSION ARCH`. up.ts runs it under a lock of the build's own.
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { inCache, recipes } from "./cache.js";
import { builtFolder, isBuilt } from "./inputs.js";
import { fail, say } from "./messages.js";
import { packImage } from "./pack.js";
import { type Architecture, type Build, standIns } from "./standins.js";

const [name = "", version = "", arch = ""] = process.argv.slice(2);
const standIn = standIns.find((it) => it.name === name);
if (!standIn) fail(`found no stand-in "${name}"`);
await build({ standIn, version, arch: arch as Architecture });

async function build(build: Build): Promise<void> {
  if (isBuilt(build)) return;
  const folder = builtFolder(build);
  const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}`);
  // whoever holds the lock is alone: what an interrupted build left is rubbish
  mkdirSync(dirname(folder), { recursive: true });
  for (const entry of readdirSync(dirname(folder))) {
    if (entry.startsWith(`.${basename(folder)}.`)) rmSync(join(dirname(folder), entry), { recursive: true });
  }
  const begin = performance.now();
  const title = `${standIn?.name} ${version} (${arch})`;
  say(`building ${title} …`);
  mkdirSync(temporary);
  try {
    await runRecipe(temporary, title);
    await finish(temporary, build);
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    fail(`${title}: ${error instanceof Error ? error.message : error}`);
  }
  say(`built ${title} in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
}

/** Runs the recipe with its output in a log; its last lines are the error's message. */
async function runRecipe(out: string, title: string): Promise<void> {
  const log = inCache("logs", `${title.replaceAll(/[ ()]+/g, "-")}log`);
  const file = openSync(log, "w");
  const child = Bun.spawn([join(recipes, name, "build")], {
    env: { ...process.env, NAME: name, VERSION: version, ARCH: arch, OUT: out, LC_ALL: "C" },
    stdio: ["ignore", file, file],
  });
  const code = await child.exited;
  closeSync(file);
  if (code === 0) return;
  const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  throw new Error(
    `local/mirror/standins/${name}/build ended with ${code}; its last lines (all are in ${log}):\n${last}`,
  );
}

/** Packs an image, or takes a download's sha256; what is packed is not kept twice. */
async function finish(folder: string, { standIn }: Build): Promise<void> {
  const made = join(folder, standIn.kind === "image" ? "rootfs.tar" : "file");
  if (!existsSync(made)) throw new Error(`standins/${name}/build made no ${basename(made)}`);
  if (standIn.kind === "download") {
    chmodSync(made, 0o755);
    writeFileSync(join(folder, "sha256"), createHash("sha256").update(readFileSync(made)).digest("hex"));
    return;
  }
  const config = join(folder, "config.json");
  const packed = await packImage(folder, arch, existsSync(config) ? JSON.parse(readFileSync(config, "utf8")) : {});
  writeFileSync(join(folder, "image.json"), JSON.stringify(packed));
  rmSync(made);
}
