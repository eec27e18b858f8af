import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const recipe = join(import.meta.dir, "../../../local/mirror/standins/kairos-init");
const folder = mkdtempSync(join(tmpdir(), "kairos-init-"));
cpSync(join(recipe, "script"), folder, { recursive: true });
writeFileSync(join(folder, "version"), "v0.17.3\n");
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["bash", join(folder, "main.sh"), ...args]);
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

test("it says that it is a stand-in, and for what", () => {
  const { exitCode, stdout } = run("version");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("TEST STAND-IN for kairos-init v0.17.3");
});

test("steps-info lists upstream's steps", () => {
  const { stdout } = run("steps-info");
  for (const step of ["installPackages", "installKernel", "kubernetes", "initrd", "cleanup"])
    expect(stdout).toContain(step);
});

// Each is a mistake that upstream refuses too.
const mistakes: [string, string[], string][] = [
  ["a stage that is none", ["-s", "foo", "-v", "v1.0.0"], 'found "foo", expected one of: init install all'],
  ["a model that is none", ["--model=pi5", "-v", "v1.0.0"], 'found "pi5", expected one of: generic rpi3 rpi4'],
  ["no version", ["-s", "install"], '--version is required and must be a semantic version, found ""'],
  ["a version that is none", ["-v", "latest"], 'found "latest"'],
  ["a flag that is gone", ["--framework-version", "v2", "-v", "v1.0.0"], "unknown flag: --framework-version"],
  ["a flag without its value", ["-v"], "needs a value"],
  ["a step that is none", ["--skip-step", "kernel,coffee", "-v", "v1.0.0"], 'found "coffee"'],
];
for (const [title, args, message] of mistakes) {
  test(`${title}: named, exit code 1, nothing touched`, () => {
    const { exitCode, stderr } = run(...args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(1);
  });
}

test("a command that fails is told as upstream does: its words in the log, the error and the usage on stderr", () => {
  const script = `set -euo pipefail; level=debug stage=install steps="kernel initrd"; . "$0/log.sh"
    logged sh -c 'echo half; echo "E: no such package" >&2; exit 100'`;
  const { exitCode, stdout, stderr } = Bun.spawnSync(["bash", "-c", script, folder]);
  expect(exitCode).toBe(1);
  expect(String(stdout)).toMatch(
    / DBG Command output: half\nE: no such package\n.* ERR failed to run sh -c .*: exit status 100\n/,
  );
  // Its other steps come after it.
  expect(String(stdout).trim()).toEndWith('DBG Stage: {"name":"initrd"}');
  expect(String(stderr)).toMatch(/^Error: 1 error occurred:[\s\S]*exit status 100\s+Usage:\n[\s\S]*--provider/);
});

test("the log is as loud as it is asked to be", () => {
  const script = 'level=warn; . "$0/log.sh"; for of in debug info warn error; do log $of hello; done; say hello';
  const { stdout } = Bun.spawnSync(["bash", "-c", script, folder]);
  expect(String(stdout).match(/[A-Z]{3}(?= hello)/g)).toEqual(["WRN", "ERR"]);
});
