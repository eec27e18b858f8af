import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { originRepository } from "./origin";
import { root } from "./workflows";

test("a repository for the tests can be made from a shallow clone, which is what a runner checks out", () => {
  const folder = mkdtempSync(join(tmpdir(), "hegemonikon-shallow-"));
  const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" }).trim();
  git(folder, "clone", "--quiet", "--depth=1", `file://${root}`, "shallow");
  const shallow = join(folder, "shallow");
  expect(git(shallow, "rev-parse", "--is-shallow-repository")).toBe("true");
  const origin = originRepository(shallow);
  try {
    expect(origin.git("ls-files")).toBe(git(shallow, "ls-files"));
    const pushed = origin.push("more");
    expect(git(origin.path, "rev-parse", "main")).toBe(pushed);
  } finally {
    origin.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});
