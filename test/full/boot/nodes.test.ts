import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeNames } from "../../nodes";

const root = join(import.meta.dir, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "boot-"));
type Assertion = { name: string; holds: boolean; skipped?: string };

/**
 * What a node may leave unshown, by the assertions' names: where nothing can be fetched noos has no model to show it on. Of a
 * node that is not here nothing is known.
 */
const UNSHOWN: { [node: string]: RegExp } = {
  protos: /^$/,
  noos: /^(LocalAI lists the models that are|a model that is) on the disk/,
};

const mebibytes = (size: string) => Number.parseInt(size, 10) * (size.endsWith("GiB") ? 1024 : 1);
const definition = (name: string) => parse(readFileSync(join(root, `nodes/${name}/node.yaml`), "utf8"));
// kairos is booted in the engine tier, and a Raspberry Pi's as board.test.ts has thuroros
const nodes = nodeNames(root).filter((name) => name !== "kairos" && definition(name).medium === "iso");

test.each(nodes)("%s: live, every assertion holds, or is said not to be shown and why", (name) => {
  const folder = join(scratch, name);
  const run = spawnSync(join(root, "hegemonikon"), ["boot", `--node=${name}`, "-o", folder], { encoding: "utf8" });
  // the error tells which assertion did not hold, and why
  expect(run.status, run.stderr).toBe(0);
  const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
  const { assertions } = result.stages[0] as { assertions: Assertion[] };
  const node = definition(name);
  expect(assertions.map((one) => one.name)).toEqual(node.assertions.map((one: Assertion) => one.name));
  expect(assertions.filter(({ holds, skipped }) => !holds && skipped === undefined)).toEqual([]);
  // what was skipped leads the report, and nothing else is missing from it
  const skipped = assertions.filter((one) => one.skipped !== undefined);
  expect(skipped.filter((one) => !(UNSHOWN[name] ?? /./).test(one.name))).toEqual([]);
  expect(result.notShown).toHaveLength(skipped.length);
  for (const one of skipped) expect(result.notShown.join("\n")).toContain(one.name);
  expect(existsSync(join(folder, "1-live/screenshot.png"))).toBe(true);
  expect(result.host.memoryWanted).toBe(mebibytes(node.memory ?? "4GiB"));
});
