import { join } from "node:path";
import { sourceFiles } from "./api.js";
import type { ModuleLocation } from "./location.js";
import { surface } from "./sdk.js";
import { CallError } from "./usage.js";

/** A class of the module, as far as calls need it. */
export type ModuleClass = { new (...args: unknown[]): object; prototype: object };

/**
 * Loads the module's code into this process. Its imports of the SDK are answered with ours, so that `dag` is one
 * object here and there, whatever a `dagger develop` may have generated beside the sources.
 */
export async function loadClasses(module: ModuleLocation, names: string[]): Promise<Map<string, ModuleClass>> {
  Bun.plugin({
    name: "dagger-sdk",
    setup(build) {
      build.module("@dagger.io/dagger", () => ({ exports: surface, loader: "object" }));
    },
  });
  const classes = new Map<string, ModuleClass>();
  const collect = async (file: string) => {
    const exports = (await import(file)) as { [name: string]: unknown };
    for (const name of names) {
      if (typeof exports[name] === "function") classes.set(name, exports[name] as ModuleClass);
    }
  };
  try {
    await collect(join(module.src, "index.ts"));
    if (names.some((name) => !classes.has(name))) {
      for (const file of sourceFiles(module.src)) if (!file.endsWith(".d.ts")) await collect(file);
    }
  } catch (error) {
    throw new CallError(`the module cannot be loaded: ${(error as Error).message}`);
  }
  return classes;
}
