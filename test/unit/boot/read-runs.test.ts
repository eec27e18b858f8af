import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRuns } from "../../../.dagger/src/boot/read-runs";
import { BootRoute } from "../../../.dagger/src/boot/route";
import { stagesOf } from "../../../.dagger/src/boot/stages";

const stages = stagesOf({ assertions: [{ name: "a", command: "true", within: "1min" }] }, BootRoute.Installed);

test("a folder as run-stages.sh leaves it, with a stage that ran and others that did not", () => {
  const folder = mkdtempSync(join(tmpdir(), "runs-"));
  mkdirSync(join(folder, "1-live"));
  writeFileSync(join(folder, "host.tsv"), "accelerator\tkvm\nwhy\tKVM ran a guest\nscale\t1\n");
  writeFileSync(join(folder, "1-live/outcome.tsv"), "reached\tkernel\t3\nreason\tdone\nexit\t0\n");
  writeFileSync(join(folder, "1-live/port.log"), "1..1\nok 1 - a\n#done 0\n");
  writeFileSync(join(folder, "1-live/serial.log"), "Linux version 6.8\n");
  writeFileSync(join(folder, "1-live/screenshot.png"), new Uint8Array([0x89, 0x50]));
  const { host, runs, ports, screenshots } = readRuns(folder, stages);
  expect(host).toMatchObject({ accelerated: true, scale: 1 });
  expect(runs.map(({ outcome }) => outcome.reason)).toEqual(["done", "", "", ""]);
  expect(runs[0]?.proof).toMatchObject({ exitCode: 0, plan: 1 });
  expect([...ports.keys()]).toEqual(["1-live"]);
  expect(screenshots.get("1-live")?.length).toBe(2);
});

test("an empty folder is a machine that never started", () => {
  const { host, runs } = readRuns(mkdtempSync(join(tmpdir(), "runs-")), stages);
  expect(host.scale).toBe(1);
  expect(runs.every(({ outcome, serial }) => outcome.reason === "" && serial === "")).toBe(true);
});
