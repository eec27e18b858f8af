import { beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");
const folder = join(mkdtempSync(join(tmpdir(), "boot-")), "proof");
type Stage = { name: string; ended: string; facts: { [key: string]: string[] }; assertions: { holds: boolean }[] };
let stages: Stage[] = [];

beforeAll(() => {
  const args = ["boot", "--node=kairos", "--route=installed", "-o", folder];
  const run = spawnSync(join(root, "hegemonikon"), args, { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  stages = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")).stages;
});

test("live, installation, and two boots of the installed system, each ended as it should", () => {
  expect(stages.map(({ name, ended }) => [name, ended])).toEqual([
    ["1-live", "done"],
    ["2-install", "exit"],
    ["3-installed", "done"],
    ["4-again", "done"],
  ]);
});

test("the installed system is active, has its persistent partition, and proves the role", () => {
  for (const { facts, assertions } of stages.slice(2)) {
    expect(facts.boot).toEqual(["active"]);
    expect(facts.mount?.find((mount) => mount.startsWith("/usr/local "))).toMatch(/ \/dev\//);
    expect(assertions.length).toBeGreaterThan(0);
    expect(assertions.every(({ holds }) => holds)).toBe(true);
  }
});

test("the second boot is the same machine", () => {
  const [first, second] = stages.slice(2);
  for (const key of ["machine-id", "hostname", "ssh-host-key"]) {
    expect(first?.facts[key]).toBeDefined();
    expect(second?.facts[key]).toEqual(first?.facts[key]);
  }
});
