import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { readWorkspace } from "../../../.dagger/src/check/read-folder.js";
import { jsonReport, textReport } from "../../../.dagger/src/check/report.js";
import { RULES } from "../../../.dagger/src/node/rules.js";
import { nodesTable } from "../../../.dagger/src/node/table.js";
import { TableFormat } from "../../../.dagger/src/node/table-format.js";
import { layGuidesNode } from "../house/guide.js";
import { change } from "./valid.js";

setDefaultTimeout(120_000);

// docs/nodes.md is followed as a new user would: its files are written, then checked.

const root = join(import.meta.dir, "../../..");
const guide = readFileSync(join(root, "docs/nodes.md"), "utf8");
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "docs-nodes-"));
  cpSync(join(root, "nodes"), join(copy, "nodes"), { recursive: true });
  cpSync(join(root, "sources.yaml"), join(copy, "sources.yaml"));
  layGuidesNode(copy);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const read = () => readWorkspace(join(copy, "nodes"), join(copy, "sources.yaml"));
const ofAngelos = <T extends { file: string }>(problems: readonly T[]) =>
  problems.filter(({ file }) => file.startsWith("nodes/angelos"));

test("the guide's node has neither errors nor warnings, and is listed", () => {
  const result = checkWorkspace(read());
  expect(ofAngelos(result.problems)).toEqual([]);
  expect(nodesTable(result, TableFormat.Text)).toContain("\nangelos  ");
});

test("the guide's mistakes bring the report that it shows", () => {
  const path = join(copy, "nodes/angelos/node.yaml");
  const right = readFileSync(path, "utf8");
  const wrong: [string, string][] = [
    ["medium: iso", "medium: rwa"],
    ["/etc/mosquitto/conf.d/homelab.conf", "/usr/local/etc/homelab.conf"],
    ["units:", "unit:"],
  ];
  writeFileSync(
    path,
    wrong.reduce((text, [from, to]) => change(text, from, to), right),
  );
  try {
    const files = read();
    const problems = ofAngelos(checkWorkspace(files).problems);
    const report = textReport(problems, files);
    const [, shown] = /```text\n([\s\S]*?)```/.exec(guide) ?? [];
    expect(report.slice(0, report.lastIndexOf("\n\n") + 1)).toBe(shown ?? "");
    const example = /## problems --format=json\n\n```json\n([\s\S]*?)```/.exec(
      readFileSync(join(root, "docs/problems.md"), "utf8"),
    );
    const documented = JSON.parse(example?.[1] ?? "null") as { problems: unknown[] };
    const real = JSON.parse(jsonReport(problems)) as { problems: unknown[] };
    expect(real.problems[0]).toEqual(documented.problems[0]);
    expect(Object.keys(real)).toEqual(Object.keys(documented));
  } finally {
    writeFileSync(path, right);
  }
});

test("the guide explains every key of node.yaml, and names only rules that exist", () => {
  const schema = JSON.parse(readFileSync(join(root, "schema/node.schema.json"), "utf8")) as { properties: object };
  for (const key of Object.keys(schema.properties))
    expect(guide).toMatch(new RegExp(`^\\|[^|]*\`${key}\`[^|]*\\|`, "m"));
  for (const { id } of RULES) expect(guide).toContain(`\`${id}\``);
  const code = [
    "check/check",
    "check/folder",
    "check/hostnames",
    "check/secrets",
    "sources/pin-policy",
    "sources/parse",
    "node/parse",
    "yaml/parse",
    "yaml/syntax-problem",
  ]
    .map((file) => readFileSync(join(root, `.dagger/src/${file}.ts`), "utf8"))
    .join("\n");
  for (const [, rule] of guide.matchAll(/`((?:node|sources|cloud-config|yaml)\/[a-z0-9-]+)`/g)) {
    const known = RULES.some(({ id }) => id === rule) || code.includes(`"${rule}"`);
    expect(known, `the rule ${rule}`).toBe(true);
  }
  for (const [, rule = ""] of code.matchAll(/rule: "((?:node|sources)\/[a-z0-9-]+)"/g))
    expect(guide).toContain(`\`${rule}\``);
});

test("the row of a node that is shown to programs is that node's", () => {
  const [, shown = ""] =
    /## nodes --format=json\n\n```json\n([\s\S]*?)```/.exec(readFileSync(join(root, "docs/problems.md"), "utf8")) ?? [];
  const { nodes } = JSON.parse(nodesTable(checkWorkspace(read()), TableFormat.Json)) as { nodes: { name: string }[] };
  const [row] = (JSON.parse(shown) as { nodes: { name: string }[] }).nodes;
  // Its version is Renovate's to raise, without a look at this document.
  expect(row).toEqual({
    ...nodes.find(({ name }) => name === "protos"),
    kubernetes: expect.stringMatching(/^k0s v\d/),
  } as never);
});
