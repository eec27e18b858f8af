import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
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
    discard(partial);
    process.stderr.write(`note: ${path} could not be written (${(error as Error).message}): the next call is slower\n`);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where a folder of its path is a file, Bun fails even with force: then there is nothing to remove.
  }
}

/** Drops all but the newest of the things whose names start alike. */
export function forgetOld(prefix: string, keep: number): void {
  try {
    const names = readdirSync(cacheDir()).filter((name) => name.startsWith(prefix));
    const byAge = names
      .map((name) => ({ path: join(cacheDir(), name), at: statSync(join(cacheDir(), name)).mtimeMs }))
      .sort((a, b) => b.at - a.at);
    for (const { path } of byAge.slice(keep)) rmSync(path, { force: true });
  } catch {
    // Another process tidies up at the same time, or there is no cache: nothing is lost.
  }
}
