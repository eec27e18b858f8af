import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");

test("the ISO starts with a BIOS, too, and proves the role", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "boot-")), "proof");
  const args = ["boot", "--node=kairos", "--firmware=bios", "-o", folder];
  const run = spawnSync(join(root, "hegemonikon"), args, { encoding: "utf8", env: { ...process.env } });
  expect(run.status, run.stderr).toBe(0);
  const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
  expect(result.proven).toBe(true);
  expect(result.stages[0].facts).toMatchObject({ boot: ["live"], firmware: ["BIOS"] });
  expect(readFileSync(join(folder, "1-live/serial.log"), "utf8")).toContain("SeaBIOS");
});
