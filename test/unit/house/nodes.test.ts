import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeNames } from "../../nodes.js";
import { type Origin, originRepository } from "../workflows/origin.js";
import { guidesRow, layGuidesNode } from "./guide.js";

// Whoever follows docs/nodes.md ends with green tests: its node is laid into a copy of this repository, where the tests that
// read nodes/ are run. Those of the engine and full tiers take too long for that: they are read.

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../../..");
let origin: Origin;

beforeAll(() => {
  origin = originRepository();
  symlinkSync(join(root, "node_modules"), join(origin.clone, "node_modules"));
  // .gitignore means the folder, and tests there make copies of what git does not ignore
  writeFileSync(join(origin.clone, ".git/info/exclude"), "/node_modules\n");
  layGuidesNode(origin.clone);
  origin.git("add", "nodes");
});
afterAll(() => origin.remove());

/** README.md of the copy, with these rows in place of the guide's. */
function writeRows(rows: string[]): void {
  const path = join(origin.clone, "README.md");
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !line.includes("](nodes/angelos/README.md) |"));
  const last = lines.findLastIndex((line) => line.includes("/README.md) |"));
  writeFileSync(path, lines.toSpliced(last + 1, 0, ...rows).join("\n"));
}

function tests(...args: string[]) {
  const ran = spawnSync(process.execPath, ["test", "--timeout=60000", ...args], {
    cwd: origin.clone,
    encoding: "utf8",
  });
  return { code: ran.status, failed: ran.stderr.match(/^\(fail\).*$/gm) ?? [], said: ran.stderr };
}

test("a new node without a row in the README: the test names the node, and the row that it wants", () => {
  writeRows([]);
  const { code, failed, said } = tests("./test/unit/house/docs.test.ts");
  expect([code, failed.length]).toEqual([1, 1]);
  expect(said).toContain(
    "README.md: nodes/angelos: found no row, expected a row: " +
      "| [NAME](nodes/angelos/README.md) | JOB | MACHINE | development |",
  );
});

test("the guide's node and its row: every unit test that reads nodes/ passes", () => {
  writeRows([guidesRow]);
  const unit = readdirSync(join(root, "test/unit"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && join(root, "test/unit", name) !== import.meta.path)
    .filter((name) =>
      /nodeNames\(|(root|dir), "[./]*nodes"|nodes\/\$\{/.test(readFileSync(join(root, "test/unit", name), "utf8")),
    )
    .map((name) => `./test/unit/${name}`);
  expect(unit).toContain("./test/unit/check/cli.test.ts");
  expect(unit).toContain("./test/unit/media/personal-config.test.ts");
  const { code, failed, said } = tests(...unit);
  expect(failed).toEqual([]);
  expect(said).toContain(" 0 fail");
  expect(code).toBe(0);
});

test("no test and no measurement has a list of all nodes: it would lack the next one", () => {
  const names = nodeNames(root);
  const files = execFileSync("git", ["ls-files", "test/**.ts", "bench/*.ts"], { cwd: root, encoding: "utf8" });
  const lists = files
    .trim()
    .split("\n")
    .flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/\[((?:\s*"[\w-]+",?){4,})\s*\]/g)]
        .map(([, list = ""]) => [...list.matchAll(/[\w-]+/g)].map(([name]) => name))
        .filter((list) => list.every((name) => names.includes(name)))
        .map((list) => `${file}: ${list.join(", ")}`),
    );
  expect(lists).toEqual([]);
});
