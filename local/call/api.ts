import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { cacheDir, forgetOld, readCached, writeCached } from "./cache.js";
import type { ModuleLocation } from "./location.js";
import type { Api } from "./model.js";
import { pascal } from "./names.js";
import { fromScan, type Scanned } from "./scanned.js";
import { CallError } from "./usage.js";

/** Raised when the form of what is kept changes. */
const format = 1;
/** How many readings of modules are kept: enough for going back and forth between revisions. */
const keptApis = 20;
const sdk = join(import.meta.dir, "../../node_modules/@dagger.io/dagger");

/** The version of the installed SDK, which is also the version of the engine it speaks to. */
export function sdkVersion(): string {
  try {
    return (JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { version: string }).version;
  } catch {
    throw new CallError("the package @dagger.io/dagger is not installed: run npm ci in the repository");
  }
}

/** Every TypeScript file of the module, in the order in which the SDK takes them. */
export function sourceFiles(dir: string): string[] {
  let entries: import("node:fs").Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    throw new CallError(`the module's sources cannot be read: ${(error as Error).message}`);
  }
  return entries.flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.m?ts$/.test(entry.name) ? [path] : [];
  });
}

function keyOf(module: ModuleLocation, files: string[]): string {
  const hash = createHash("sha256").update(`${format}\0${sdkVersion()}\0${module.name}\0`);
  for (const file of [...files].sort()) {
    hash
      .update(`${relative(module.src, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

/**
 * The introspector finds the engine's types in a source file of this name. The package has only their declarations,
 * which serve as one under another name. A cache that cannot be written is no reason to fail: then it lies elsewhere.
 */
export function clientFile(): string {
  const copyTo = (dir: string) => {
    const path = join(dir, "client.gen.ts");
    const partial = `${path}.${process.pid}`;
    mkdirSync(dir, { recursive: true });
    copyFileSync(join(sdk, "dist/src/api/client.gen.d.ts"), partial);
    renameSync(partial, path);
    return path;
  };
  try {
    return copyTo(join(cacheDir(), `sdk-${sdkVersion()}`));
  } catch {
    return copyTo(mkdtempSync(join(tmpdir(), "hegemonikon-sdk-")));
  }
}

/**
 * Runs the SDK's introspector. What it says about defaults that it leaves to the code concerns the module's authors:
 * test/contract shows it to them.
 */
async function scanned(module: ModuleLocation, files: string[]): Promise<Scanned> {
  const introspector = "../../node_modules/@dagger.io/dagger/dist/src/module/introspector/index.js";
  const { scan } = (await import(introspector)) as {
    scan: (files: string[], name: string, load: boolean) => Promise<unknown>;
  };
  const client = clientFile();
  const { warn, debug } = console;
  console.warn = console.debug = () => {};
  try {
    return JSON.parse(JSON.stringify(await scan([...files, client], module.name, false)));
  } catch (error) {
    throw new CallError(`the module's API cannot be read: ${(error as Error).message}`);
  } finally {
    Object.assign(console, { warn, debug });
    if (!client.startsWith(cacheDir())) rmSync(dirname(client), { recursive: true, force: true });
  }
}

/** The module's API as the SDK's introspector sees it: from the cache while no source changed. */
export async function moduleApi(module: ModuleLocation): Promise<Api> {
  const files = sourceFiles(module.src);
  const name = `api-${keyOf(module, files)}.json`;
  const kept = readCached<Api>(name);
  if (kept) return kept;
  const api = fromScan(await scanned(module, files));
  if (!api.main) {
    throw new CallError(`${module.src}: expected an exported class ${pascal(module.name)} decorated with @object()`);
  }
  writeCached(name, api);
  forgetOld("api-", keptApis);
  return api;
}
