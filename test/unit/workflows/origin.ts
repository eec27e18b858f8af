import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./workflows";

/** A repository on a server, with this one's files on main, and a clone in which a person works. */
export type Origin = {
  /** The bare repository. */
  path: string;
  clone: string;
  git(...args: string[]): string;
  /** Commits everything in the clone, and pushes it with its tags; the commit's id. */
  push(message: string): string;
  /** Gives a node one more assertion in the clone. */
  assertMore(node: string): void;
  remove(): void;
};

/**
 * Makes one of a repository's files as they are, committed or not. Its history is its own: that of a shallow clone, which
 * is what a runner checks out, can be pushed nowhere.
 */
export function originRepository(from: string = root): Origin {
  const folder = mkdtempSync(join(tmpdir(), "hegemonikon-origin-"));
  const [path, clone] = [join(folder, "origin.git"), join(folder, "clone")];
  const run = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  run(folder, "init", "--quiet", "--bare", "--initial-branch=main", path);
  run(folder, "init", "--quiet", "--initial-branch=main", clone);
  run(clone, "remote", "add", "origin", path);
  // Some tests need an earlier revision.
  run(clone, "commit", "--quiet", "--allow-empty", "--message=Nothing yet");
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: from });
  const there = files
    .toString()
    .split("\0")
    .filter((name) => name !== "" && existsSync(join(from, name)));
  for (const name of there) cpSync(join(from, name), join(clone, name), { verbatimSymlinks: true });
  run(clone, "add", "--all");
  run(clone, "commit", "--quiet", "--allow-empty", "--message=The files as they are");
  run(clone, "push", "--quiet", "--set-upstream", "origin", "main");
  const git = (...args: string[]) => run(clone, ...args);
  return {
    path,
    clone,
    git,
    push: (message) => {
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", `--message=${message}`);
      git("push", "--quiet", "--tags", "origin", "main");
      return git("rev-parse", "HEAD");
    },
    assertMore: (node) => {
      const file = join(clone, "nodes", node, "node.yaml");
      const more = "$1  - name: new\n    command: 'true'\n    within: 10s\n";
      writeFileSync(file, readFileSync(file, "utf8").replace(/^(assertions:\n)/m, more));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
