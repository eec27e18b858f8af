import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * A place beside `target` to write to first, so that an interrupted export leaves nothing that looks finished.
 * Undefined where `target` is a folder that a file goes into: then the engine chooses the name; and where it is a device or
 * a pipe, which must not be replaced by a file. With Docker, ../whole does the same for the CLI.
 */
export function partialOf(target: string, isDirectory: boolean): string | undefined {
  const there = statSync(target, { throwIfNoEntry: false });
  if (!isDirectory && (target.endsWith("/") || there?.isDirectory())) return undefined;
  if (there && !there.isFile() && !there.isDirectory()) return undefined;
  const path = resolve(target);
  removeAbandoned(path);
  const partial = join(dirname(path), `.${basename(path)}.partial-${process.pid}`);
  process.once("exit", () => rmSync(partial, { recursive: true, force: true })); // of a call that failed or was stopped
  return partial;
}

/** A call that was killed could not remove what it had written so far. */
function removeAbandoned(path: string): void {
  const start = `.${basename(path)}.partial-`;
  for (const name of existsSync(dirname(path)) ? readdirSync(dirname(path)) : []) {
    if (!name.startsWith(start) || existsSync(`/proc/${name.slice(start.length)}`)) continue;
    rmSync(join(dirname(path), name), { recursive: true, force: true });
  }
}

/** Puts what was written completely where it belongs: over a file, into a folder that may have other files. */
export function placed(partial: string, target: string): string {
  const path = resolve(target);
  const fresh = !existsSync(path);
  if (fresh || !statSync(partial).isDirectory()) {
    // the engine exports a folder with the mode 700; one that is made here is as the user's umask wants it
    if (fresh && statSync(partial).isDirectory()) chmodSync(partial, 0o777 & ~process.umask());
    renameSync(partial, path);
    return path;
  }
  moveInto(partial, path);
  rmSync(partial, { recursive: true });
  return path;
}

function moveInto(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const merges = entry.isDirectory() && existsSync(target) && statSync(target).isDirectory();
    if (merges) moveInto(source, target);
    else {
      if (entry.isDirectory() || statSync(target, { throwIfNoEntry: false })?.isDirectory())
        rmSync(target, { recursive: true, force: true });
      renameSync(source, target);
    }
  }
}
