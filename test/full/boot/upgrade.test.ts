import { beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SIGNS } from "../../../.dagger/src/boot/signs";

const root = join(import.meta.dir, "../../..");
const folder = join(mkdtempSync(join(tmpdir(), "upgrade-")), "proof");
type Stage = { name: string; ended: string; facts: { [key: string]: string[] } };
let stages: Stage[] = [];
const said = (name: string) => stages.find((stage) => stage.name.endsWith(`-${name}`))?.facts.upgrade?.join("\n");

beforeAll(() => {
  const args = ["upgrade-test", "--node=kairos", "-o", folder];
  const run = spawnSync(join(root, "hegemonikon"), args, { encoding: "utf8", env: { ...process.env } });
  if (run.status !== 0) throw new Error(run.stderr);
  stages = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")).stages;
});

test("an upgrade, and the way back from each kind of fault, each boot ended as it should", () => {
  expect(stages.map(({ name, ended }) => [name, ended])).toEqual([
    ["01-install", "exit"],
    ["02-before", "exit"],
    ["03-after", "exit"],
    ["04-service-fails", "exit"],
    ["05-service-back", "exit"],
    ["06-assertion-fails", "exit"],
    ["07-assertion-back", "exit"],
    ["08-hang-fails", "exit"],
    ["09-hang-back", "exit"],
    ["10-emergency-fails", "exit"],
    ["11-emergency-back", "exit"],
    ["12-panic-back", "done"],
  ]);
});

test("the machine says what was wrong, each time", () => {
  expect(said("service-back")).toContain("FAIL  the service that the role needs runs");
  expect(said("assertion-back")).toContain("FAIL  a role that never comes up");
  // Which jobs the boot waited for is in it; what stopped it, too.
  expect(said("hang-back")).toMatch(/\.hang did not come as far as the role gate[\s\S]*cos-setup-boot\.service/);
  expect(said("emergency-back")).toMatch(/\.emergency did not come as far as[\s\S]*upgrade-test-broken\.service/);
  expect(said("panic-back")).toContain("It did not come as far as a verdict: a panic, or a power cut.");
});

test("the boot that stopped in emergency mode did so: systemd's word is on the serial line", () => {
  const sign = SIGNS.find(({ name }) => name === "emergency-shell")?.pattern ?? "";
  expect(readFileSync(join(folder, "10-emergency-fails/serial.log"), "utf8")).toMatch(new RegExp(sign));
});

test("the panic was one: the kernel's own word is on the serial line", () => {
  expect(readFileSync(join(folder, "12-panic-back/serial.log"), "utf8")).toContain("Kernel panic - not syncing");
});
