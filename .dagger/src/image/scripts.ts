import { readdirSync, readFileSync } from "node:fs";
import { type Container, type Directory, dag } from "@dagger.io/dagger";

/** Where a folder of scripts stands while a step runs; it is a mount and never part of an image. */
export const SCRIPTS = "/hegemonikon";

/**
 * The shell and Perl files of a folder, e.g. `scriptFolder(new URL("scripts/", import.meta.url))`.
 * @param programs the paths below it that are taken
 */
export function scriptFolder(folder: URL, programs = /^[^/]+\.(sh|pl)$/): Directory {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => programs.test(file))
    .sort()
    .reduce(
      (dir, file) => dir.withNewFile(file, readFileSync(new URL(file, folder), "utf8"), { permissions: 0o755 }),
      dag.directory(),
    );
}

/** The text of a file beside the caller. */
export function scriptText(moduleUrl: string, path: string): string {
  return readFileSync(new URL(path, moduleUrl), "utf8");
}

/** One folder per script, so that a change of one does not redo the steps that use another. */
export function withScripts(container: Container, moduleUrl: string, ...names: string[]): Container {
  const all = scriptFolder(new URL("scripts/", moduleUrl));
  return container.withMountedDirectory(SCRIPTS, all.filter({ include: names.map((name) => `${name}.sh`) }));
}
