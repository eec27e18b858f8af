import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWorkspace } from "../../../.dagger/src/check/read-folder.js";
import { nodeNames } from "../../nodes.js";

// A busy machine takes longer than the usual 5 s.
setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../../..");
let copy = "";

/** Runs local/check.ts as the launcher does, on a copy of the repository's nodes. */
const run = (...args: string[]) => called(...args, `--nodes=${copy}/nodes`, `--sources=${copy}/sources.yaml`);

function called(...args: string[]) {
  const child = Bun.spawnSync([process.execPath, join(root, "local/check.ts"), ...args], {
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "check-cli-"));
  cpSync(join(root, "nodes"), join(copy, "nodes"), { recursive: true });
  cpSync(join(root, "sources.yaml"), join(copy, "sources.yaml"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("the repository's nodes have no errors", () => {
  const { code, out, err } = run("check");
  expect(`${out}${err}`).toContain("0 errors");
  expect(code).toBe(0);
});

test("a sources file of the caller's is called what it is called", () => {
  const file = join(copy, "lab.yaml");
  writeFileSync(file, "sources: [\n");
  const { code, out } = called("check", `--nodes=${copy}/nodes`, `--sources=${file}`);
  expect(out).toContain(`at ${file}:2:1`);
  expect(code).toBe(1);
});

test("a folder of nodes that is not there is a mistake in the call", () => {
  const { code, err } = called("nodes", "--nodes=/nonexistent");
  expect(err).toContain("--nodes: found no folder /nonexistent");
  expect(code).toBe(2);
});

test("nodes lists every one", () => {
  const { nodes } = JSON.parse(run("nodes", "--format=json").out) as { nodes: { name: string }[] };
  expect(nodes.map(({ name }) => name)).toEqual(nodeNames(root));
  expect(nodes.map(({ name }) => name)).toContain("kairos");
});

test("each node.yaml begins with the schema for editors", async () => {
  for (const name of nodeNames(root)) {
    const text = await Bun.file(join(root, `nodes/${name}/node.yaml`)).text();
    expect(text, name).toStartWith("# yaml-language-server: $schema=../../schema/node.schema.json\n");
  }
});

test("the schemas in schema/ are what zod says", () => {
  const child = Bun.spawnSync([process.execPath, join(root, "local/schema.ts"), "--check"]);
  expect(child.stderr.toString()).toBe("");
  expect(child.exitCode).toBe(0);
});

test("a mistake: exit code 1, and its line; problems lists it with exit code 0", () => {
  const path = join(copy, "nodes/kairos/node.yaml");
  const before = readWorkspace(join(copy, "nodes"), join(copy, "sources.yaml")).find(
    (f) => f.path === "nodes/kairos/node.yaml",
  );
  writeFileSync(path, "name: [\n");
  try {
    const check = run("check");
    expect(check.code).toBe(1);
    expect(check.out).toContain("at nodes/kairos/node.yaml:");
    const problems = run("problems", "--format=json");
    expect(problems.code).toBe(0);
    expect(JSON.parse(problems.out).summary.errors).toBeGreaterThan(0);
    expect(JSON.parse(run("problems", "--format=sarif").out).version).toBe("2.1.0");
  } finally {
    writeFileSync(path, before?.bytes ?? "");
  }
});

test("a mistake in the call: exit code 2 and what would have been right", () => {
  expect(run("problems", "--format=xml")).toMatchObject({
    code: 2,
    err: expect.stringContaining('unknown format "xml"; expected one of text, json, sarif'),
  });
  expect(run("nodes", "--format=yaml").err).toContain('unknown format "yaml"; expected one of text, json');
  expect(run("nodes", "--format=JSON").code).toBe(0);
  expect(run("chek")).toMatchObject({ code: 2, err: expect.stringContaining('unknown function "chek"') });
  expect(run("check", "--bogus")).toMatchObject({ code: 2, err: expect.stringContaining("--bogus") });
  expect(run("check", "noos")).toMatchObject({ code: 2, err: expect.stringContaining('unexpected argument "noos"') });
});

test("reading notes links without following them, modes, and leaves leftovers out", () => {
  const folder = mkdtempSync(join(tmpdir(), "read-folder-"));
  try {
    cpSync(join(root, "nodes/kairos"), join(folder, "nodes/kairos"), { recursive: true });
    symlinkSync("/etc/passwd", join(folder, "nodes/kairos/link"));
    writeFileSync(join(folder, "nodes/.DS_Store"), "x");
    writeFileSync(join(folder, "nodes/kairos/run"), new Uint8Array([0, 255]));
    chmodSync(join(folder, "nodes/kairos/run"), 0o755);
    const files = readWorkspace(join(folder, "nodes"), join(folder, "sources.yaml"));
    expect(files.find((file) => file.path === "nodes/kairos/link")).toMatchObject({
      kind: "symlink",
      target: "/etc/passwd",
    });
    expect(files.find((file) => file.path === "nodes/kairos/run")).toMatchObject({
      mode: 0o755,
      bytes: new Uint8Array([0, 255]),
    });
    expect(files.some((file) => file.path.endsWith(".DS_Store"))).toBe(false);
    expect(files.some((file) => file.path === "sources.yaml")).toBe(false);
    expect(readWorkspace(join(folder, "nowhere"), join(folder, "nowhere.yaml"))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
