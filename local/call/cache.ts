import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where things are kept that can be made again: `$XDG_CACHE_HOME/hegemonikon/call`. */
export function cacheDir(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(base, "hegemonikon", "call");
}

/** What was kept under this name, or undefined: a missing, cut-off or foreign file counts as absent. */
export function readCached<T>(name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(join(cacheDir(), name), "utf8")) as T;
  } catch {
    return undefined;
  }
}

/**
 * Keeps a value. Written beside and renamed, so that another process never reads half of it. A cache that cannot be
 * written (a full disk, a read-only home) costs time, not the call: it is said and forgotten.
 */
export function writeCached(name: string, value: unknown): void {
  const path = join(cacheDir(), name);
  const partial = `${path}.${process.pid}`;
  try {
    mkdirSync(cacheDir(), { recursive: true });
    writeFileSync(partial, JSON.stringify(value));
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    process.stderr.write(`note: ${path} could not be written (${(error as Error).message}): the next call is slower\n`);
  }
}
