import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hegemonikon", "lint");

/** The folder that a tool of the tests is installed in; installed once for its name, and complete where it exists. */
export function installed(
  name: string,
  install: (folder: string) => { command: string; args: string[]; env?: Record<string, string> },
): string {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const { command, args, env } = install(partial);
  const done = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  if (done.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(
      `${name} could not be installed with ${command} ${args.join(" ")}: ${done.stderr ?? done.error?.message}`,
    );
  }
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, folder);
  return folder;
}
