import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The repository's root: paths in messages are relative to it. */
export const repository = resolve(import.meta.dir, "../../..");

/** Where the stand-ins' recipes are: one folder each, with a program `build`. */
export const recipes = join(repository, "local/mirror/standins");

/** Everything that `up` makes: built stand-ins, the registry's storage, locks, logs, state. */
export function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), ".cache");
  return join(base, "hegemonikon/mirror");
}

/** A path in the cache; its parent folder exists afterwards. */
export function inCache(...parts: string[]): string {
  const path = join(cacheDirectory(), ...parts);
  mkdirSync(resolve(path, ".."), { recursive: true });
  return path;
}

/** Writes a file whole or not at all, and leaves an equal one alone. */
export function replaceFile(path: string, content: string): void {
  if (existsSync(path) && readFileSync(path, "utf8") === content) return;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
