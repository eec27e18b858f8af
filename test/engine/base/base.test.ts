import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");
const call = (...args: string[]) =>
  spawnSync(join(root, "local/run"), args, { env: { ...process.env }, encoding: "utf8" });

test.each([
  ["noos", "amd64"],
  ["thuroros", "arm64"],
])("the base of %s runs as %s", (node, architecture) => {
  const run = call("base", `--node=${node}`, "with-exec", "--args=dpkg,--print-architecture", "stdout");
  expect(run.stdout).toBe(`${architecture}\n`);
  expect(run.status).toBe(0);
});

test("a node that does not exist is named, with the nearest that does", () => {
  const run = call("base", "--node=nos", "sync");
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("nos");
  expect(run.stderr).toContain("noos");
  expect(run.stderr).not.toMatch(/^\s+at .*\.ts:\d+/m);
});

test("nodes through the module is what the launcher reads without an engine", () => {
  const module = call("nodes");
  const files = spawnSync(join(root, "hegemonikon"), ["nodes"], { encoding: "utf8" });
  expect(module.stdout.trimEnd()).toBe(files.stdout.trimEnd());
  expect(module.stdout).toContain("thuroros");
});
