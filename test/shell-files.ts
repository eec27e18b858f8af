import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's shell programs: files that git tracks (or would) with a shell's first line or the ending .sh. */
export function shellFiles(root: string): string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  return listed
    .split("\0")
    .filter((name) => name !== "" && existsSync(join(root, name)))
    .filter((name) => {
      const first = readFileSync(join(root, name), "latin1").slice(0, 80).split("\n", 1)[0] ?? "";
      return (
        name.endsWith(".sh") ||
        /^#!\s*\/(usr\/)?bin\/(env )?(ba|da)?sh\b/.test(first) ||
        first.startsWith("# shellcheck shell=")
      );
    })
    .sort();
}
