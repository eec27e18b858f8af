import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dir, "../../../.dagger/src/image/scripts/runs-here.sh");

/** The script, with this ldconfig first in PATH. */
function run(ldconfig: string) {
  const bin = mkdtempSync(join(tmpdir(), "runs-here-"));
  writeFileSync(join(bin, "ldconfig"), `#!/bin/sh\n${ldconfig}\n`);
  chmodSync(join(bin, "ldconfig"), 0o755);
  const { exitCode, stderr } = Bun.spawnSync(["sh", script], { env: { PATH: `${bin}:${process.env.PATH}` } });
  rmSync(bin, { recursive: true });
  return { exitCode, said: String(stderr) };
}

test("a base whose ldconfig crashes is refused in one sentence", () => {
  const { exitCode, said } = run("kill -SEGV $$");
  expect(exitCode).toBe(139);
  expect(said).toMatch(/ldconfig of .+ ends with exit code 139 on \w+: it does not run here\.\n/);
  expect(said).toContain('docs/build.md, "Another architecture"');
});

test("one whose ldconfig works passes without a word", () => {
  expect(run("exit 0")).toEqual({ exitCode: 0, said: "" });
});
