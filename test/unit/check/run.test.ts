import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Directory, File } from "@dagger.io/dagger";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { readDirectory } from "../../../.dagger/src/check/read-directory.js";
import { readWorkspace } from "../../../.dagger/src/check/read-folder.js";
import { jsonReport } from "../../../.dagger/src/check/report.js";
import { ReportFormat } from "../../../.dagger/src/check/report-format.js";
import { listNodes, listProblems, runCheck } from "../../../.dagger/src/check/run.js";
import { TableFormat } from "../../../.dagger/src/node/table-format.js";
import { pinLines } from "../../../.dagger/src/publish/project.js";

setDefaultTimeout(120_000);

// What the module does with a Directory and a File, with stand-ins that export as the engine does.

const root = join(import.meta.dir, "../../..");
let copy = "";
const exported: string[] = [];

const given = (path: string, name = path) => ({
  name: async () => name,
  export: async (to: string) => {
    exported.push(to);
    cpSync(join(copy, path), to, { recursive: true, verbatimSymlinks: true });
    return to;
  },
});
const LOOSE = "sources:\n  a: { kind: image, for: x, reference: docker.io/library/ubuntu, version: v1 }\n";
const contentsOf = (name: string, text: string) =>
  ({ name: async () => name, contents: async () => text }) as unknown as File;
const nodes = given("nodes") as unknown as Directory;
const sources = given("sources.yaml") as unknown as File;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "check-run-"));
  cpSync(join(root, "nodes"), join(copy, "nodes"), { recursive: true });
  cpSync(join(root, "sources.yaml"), join(copy, "sources.yaml"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("the repository's nodes pass, and are listed", async () => {
  expect(await runCheck(nodes, sources)).toContain("0 errors");
  expect(await listNodes(nodes, sources, TableFormat.Text)).toContain("\nthuroros");
});

test("two exports however many files, and nothing of them is left behind", async () => {
  exported.length = 0;
  await readDirectory(nodes, sources);
  expect(exported).toHaveLength(2);
  expect(exported.filter((path) => existsSync(path))).toEqual([]);
});

test("a sources file of the caller's is called what it is called", async () => {
  writeFileSync(join(copy, "lab.yaml"), "sources: [\n");
  const lab = given("lab.yaml") as unknown as File;
  await expect(runCheck(nodes, lab)).rejects.toThrow("lab.yaml:2:1");
  await expect(pinLines({ nodes, sources: contentsOf("lab.yaml", LOOSE) }, ["a"])).resolves.toEqual([
    expect.stringContaining("lab.yaml:2:66"),
  ]);
});

test("the module finds what is found without an engine: links, bytes and modes included", async () => {
  symlinkSync("/etc/passwd", join(copy, "nodes/kairos/files/link"));
  writeFileSync(join(copy, "nodes/kairos/cloud-config.yaml"), new Uint8Array([0x61, 0x3a, 0x20, 0xe9]));
  const local = readWorkspace(join(copy, "nodes"), join(copy, "sources.yaml"));
  expect(await readDirectory(nodes, sources)).toEqual(local);
  const { problems } = checkWorkspace(local);
  expect(await listProblems(nodes, sources, ReportFormat.Json)).toBe(jsonReport(problems));
  expect(problems.map(({ rule }) => rule)).toContain("node/no-symlinks");
  expect(problems.map(({ rule }) => rule)).toContain("yaml/encoding");
  expect(runCheck(nodes, sources)).rejects.toThrow("nodes/kairos/cloud-config.yaml:1:4");
});
