import { beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dir, "../../..");
const folder = join(mkdtempSync(join(tmpdir(), "boot-")), "proof");
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const assertions: string[] = parse(readFileSync(join(root, "nodes/thuroros/node.yaml"), "utf8")).assertions.map(
  ({ name }: { name: string }) => name,
);
type Assertion = { name: string; holds: boolean; simulated: string[] };
type Stage = { name: string; ended: string; facts: { [key: string]: string[] }; assertions: Assertion[] };
let result: { proven: boolean; notShown: string[]; stages: Stage[] };

const boot = (...args: string[]) =>
  spawnSync(join(root, "hegemonikon"), ["boot", "--node=thuroros", ...args], {
    encoding: "utf8",
    env: { ...process.env },
  });

beforeAll(() => {
  const run = boot("-o", folder);
  if (run.status !== 0) throw new Error(run.stderr);
  result = JSON.parse(read("result.json"));
});

test("the card's first boot lays it out and restarts; the second is the active system", () => {
  expect(result.stages.map(({ name, ended }) => [name, ended])).toEqual([
    ["1-first", "exit"],
    ["2-active", "done"],
  ]);
  const { facts } = result.stages[1] as Stage;
  expect(facts.boot).toEqual(["active"]);
  expect(facts.KAIROS_ARCH).toEqual(["arm64"]);
  expect(facts.mount?.find((mount) => mount.startsWith("/usr/local "))).toMatch(/ \/dev\//);
});

test("every assertion of node.yaml holds, and which ones held on simulated pins is said", () => {
  const proven = result.stages[1]?.assertions ?? [];
  expect(proven.map(({ name, holds }) => [name, holds])).toEqual(assertions.map((name) => [name, true]));
  expect(proven.filter(({ simulated }) => simulated.length > 0).length).toBeGreaterThan(0);
  // with a chip where the kernel has gpio-sim, else with the reason why there is none
  expect(result.stages[1]?.facts.simulated?.[0]).toMatch(/^pinctrl-bcm2711, (a GPIO chip of gpio-sim|not there: )/);
});

test("the console's picture is there: the emulator is one that can take it", () => {
  expect(readFileSync(join(folder, "2-active/screenshot.png")).subarray(1, 4).toString()).toBe("PNG");
});

test("the report says that this was no Raspberry Pi, and what was not shown", () => {
  expect(result.notShown[0]).toStartWith("Not a Raspberry Pi 4:");
  const report = read("report.html");
  for (const part of ["Not a Raspberry Pi 4:", "u-boot and device tree", "informs and blocks no release"]) {
    expect(report).toContain(part);
  }
});

test("a BIOS is refused: no such machine has one", () => {
  const run = boot("--firmware=bios", "-o", `${folder}-bios`);
  expect(run.status).not.toBe(0);
  expect(run.stderr).toContain("--firmware: found bios, expected uefi: thuroros is for arm64 and its medium is raw");
});
