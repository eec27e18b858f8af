import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CallError } from "./usage.js";

/** A module on this machine. */
export type ModuleLocation = {
  /** The name in dagger.json. */
  name: string;
  /** The directory of dagger.json. */
  root: string;
  /** The directory of the sources, usually `.dagger/src`. */
  src: string;
  /** What a default path with a leading slash starts from: the repository around the module, or the module. */
  context: string;
};

function repositoryOf(dir: string): string | undefined {
  if (existsSync(join(dir, ".git"))) return dir;
  const parent = dirname(dir);
  return parent === dir ? undefined : repositoryOf(parent);
}

/** Finds the module at a path, or at its dagger.json. */
export function locate(path: string): ModuleLocation {
  const given = resolve(path);
  const root = given.endsWith("dagger.json") ? dirname(given) : given;
  const file = join(root, "dagger.json");
  let config: { name?: unknown; source?: unknown };
  try {
    config = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = existsSync(file) ? (error as Error).message : "there is no such file";
    throw new CallError(`no module at ${path}: ${file}: ${why}`);
  }
  if (typeof config.name !== "string") throw new CallError(`${file}: expected a "name"`);
  const source = typeof config.source === "string" ? config.source : ".";
  return { name: config.name, root, src: join(root, source, "src"), context: repositoryOf(root) ?? root };
}
