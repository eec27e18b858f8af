import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const nodes = resolve(import.meta.dir, "../../nodes");

/** The node's shell programs, by their first line. */
export function shellFiles(node: string): string[] {
  return readdirSync(join(nodes, node, "files"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /^#(!.*\b(ba)?sh\b| shellcheck shell=)/.test(readFileSync(path, "utf8").split("\n")[0] ?? ""));
}

/** What shellcheck says of them and which have 50 lines or more: empty is right. */
export function shellProblems(node: string): string {
  const files = shellFiles(node);
  const ran = spawnSync("shellcheck", files, { encoding: "utf8" });
  if (ran.error)
    throw new Error(`shellcheck cannot run (install it: apt-get install shellcheck): ${ran.error.message}`);
  const long = files.filter((file) => readFileSync(file, "utf8").trimEnd().split("\n").length >= 50);
  return ran.stdout + ran.stderr + long.map((file) => `${file}: 50 lines or more\n`).join("");
}
