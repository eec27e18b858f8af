import { beforeAll, expect, test } from "bun:test";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kairosAsserting } from "../../fixtures/boot/asserting";

const root = join(import.meta.dir, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "boot-"));
let nodes: string;
const hegemonikon = (...args: string[]) =>
  spawnSync(join(root, "hegemonikon"), [`--nodes=${nodes}`, "boot", "--node=kairos", ...args], { encoding: "utf8" });
let failed: SpawnSyncReturns<string>;

/** kairos with an assertion that never holds. */
beforeAll(() => {
  nodes = kairosAsserting(scratch, [
    { name: "the root is there", command: "test -d /", within: "1min" },
    { name: "a role that never comes up", command: "echo no such role >&2; exit 3", within: "1min" },
  ]);
  failed = hegemonikon("-o", join(scratch, "proof"));
});

test("boot fails with the first assertion that does not hold, its output and the journal", () => {
  expect(failed.status).not.toBe(0);
  expect(failed.stderr).toContain(
    'kairos: The medium, live: the assertion "a role that never comes up" did not hold within',
  );
  expect(failed.stderr).toContain("| no such role");
  expect(failed.stderr).toContain("last lines of the journal:");
});

test("--even-failed gives the folder of that same run, without another boot", () => {
  const started = performance.now();
  const run = hegemonikon("--even-failed", "-o", join(scratch, "proof"));
  expect(run.status).toBe(0);
  expect(performance.now() - started).toBeLessThan(60_000);
  const result = JSON.parse(readFileSync(join(scratch, "proof/result.json"), "utf8"));
  expect(result.proven).toBe(false);
  expect(result.stages[0].assertions.map(({ holds }: { holds: boolean }) => holds)).toEqual([true, false]);
  expect(readFileSync(join(scratch, "proof/1-live/journal.txt"), "utf8")).toMatch(
    /^\[ *\d+\.\d+\] kairos \S+\[\d+\]: /m,
  );
}, 600_000);

test("an installer that fails is noticed as it fails, with what it says of the reason", () => {
  // more than the virtual machine's disk has, in MiB
  const persistent = { size: 102_400 };
  nodes = kairosAsserting(
    join(scratch, "too-large"),
    [{ name: "the root is there", command: "test -d /", within: "1min" }],
    { partitions: { persistent } },
  );
  const run = hegemonikon("--route=installed", "-o", join(scratch, "proof-2"));
  expect(run.status).not.toBe(0);
  expect(run.stderr).toContain("kairos: Unattended installation from the medium: the installer failed");
  expect(run.stderr).toContain("does not fit in the target disk");
});
