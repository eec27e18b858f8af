import { beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { parseProof } from "../../../.dagger/src/boot/proof";

const root = join(import.meta.dir, "../../..");
const folder = join(mkdtempSync(join(tmpdir(), "boot-")), "proof");
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const assertions: string[] = parse(readFileSync(join(root, "nodes/kairos/node.yaml"), "utf8")).assertions.map(
  ({ name }: { name: string }) => name,
);

beforeAll(() => {
  const run = spawnSync(join(root, "hegemonikon"), ["boot", "--node=kairos", "-o", folder], { encoding: "utf8" });
  // the error tells which assertion did not hold, and why
  if (run.status !== 0) throw new Error(run.stderr);
});

test("every assertion of node.yaml holds in the live system, in TAP", () => {
  const proof = parseProof(read("1-live/role.tap"));
  expect(proof.results.map(({ name, holds }) => [name, holds])).toEqual(assertions.map((name) => [name, true]));
});

test("result.json says proven, live, and how it ran", () => {
  const result = JSON.parse(read("result.json"));
  expect(result).toMatchObject({ node: "kairos", proven: true, failure: null });
  expect(result.stages).toHaveLength(1);
  expect(result.stages[0].facts.boot).toEqual(["live"]);
  expect(result.stages[0].reached.map(({ name }: { name: string }) => name)).toEqual(["kernel", "role-check"]);
  expect(result.host.why).not.toBe("");
});

test("nobody can log in with a password that is in the image: kairos-init's own user has none", () => {
  // The stand-in gives it one, as upstream does, or nothing here could show that it is taken away.
  const standin = join(root, "local/mirror/standins/kairos-init/files/system/oem/10_accounting.yaml");
  expect(readFileSync(standin, "utf8")).toContain('passwd: "kairos"');
  expect(JSON.parse(read("result.json")).stages[0].facts.password).toBeUndefined();
});

test("nobody is offered an installation: Kairos' web installer is off", () => {
  // The stand-in starts it, as upstream does.
  const unit = "local/mirror/standins/kairos-init/files/usr/lib/systemd/system/kairos-webui.service";
  expect(readFileSync(join(root, unit), "utf8")).toContain("\nExecStart=/usr/bin/kairos-agent webui\n");
  expect(JSON.parse(read("result.json")).stages[0].facts.installer).toBeUndefined();
});

test("the console's picture, the timeline and the serial log are what they say", () => {
  expect(readFileSync(join(folder, "1-live/screenshot.png")).subarray(1, 4).toString()).toBe("PNG");
  expect(read("1-live/plot.svg")).toMatch(/<svg[\s\S]*<\/svg>/);
  expect(read("1-live/blame.txt")).toMatch(/\.service/);
  expect(read("1-live/serial.log")).toContain("Linux version");
});

test("the report is one page with all of it", () => {
  const report = read("report.html");
  for (const name of assertions) expect(report).toContain(name);
  expect(report).toContain("data:image/png;base64,");
  expect(report).toContain("data:image/svg+xml;base64,");
  expect(report).not.toMatch(/(src|href)="(?!data:)/);
});
