import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { cacheDirectory, recipes } from "./cache.js";
import type { Build } from "./standins.js";

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The key of a build: its recipe, the shared helpers that the recipe names, how it is packed, version, architecture. */
export function inputsHash({ standIn, version, arch }: Build): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([standIn.name, standIn.kind, standIn.anyVersion ? "any" : version, arch]));
  const recipe = join(recipes, standIn.name);
  const build = readFileSync(join(recipe, "build"), "utf8");
  const shared = readdirSync(recipes, { withFileTypes: true }).filter((it) => it.isFile() && build.includes(it.name));
  const helpers = shared.map((entry) => join(recipes, entry.name)).sort();
  for (const file of [...filesBelow(recipe), ...helpers, join(import.meta.dir, "pack.ts")]) {
    const content = readFileSync(file);
    hash
      .update(JSON.stringify([relative(recipes, file), lstatSync(file).mode & 0o111, content.length]))
      .update(content);
  }
  return hash.digest("hex");
}

/** Where a build ends up; the folder exists only when it is complete. */
export function builtFolder(build: Build): string {
  return join(cacheDirectory(), "built", `${build.standIn.name}-${build.arch}-${inputsHash(build).slice(0, 32)}`);
}

export function isBuilt(build: Build): boolean {
  return existsSync(builtFolder(build));
}
