import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { readWorkspace } from "../../../.dagger/src/check/read-folder.js";
import { places, workspace } from "./valid.js";

let work = "";
const at = (path: string) => join(work, path);

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "read-folder-"));
  chmodSync(work, 0o755);
  for (const { path, bytes } of workspace()) {
    if (!bytes) continue;
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), bytes);
  }
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** What check says, asked by somebody else than root, who may read everything. */
function checked() {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    return checkWorkspace(readWorkspace(at("nodes"), at("sources.yaml")));
  } finally {
    if (root) process.seteuid?.(0);
  }
}

test.each([
  ["a file", "nodes/demo/cloud-config.yaml", "nodes/demo/cloud-config.yaml node/readable"],
  ["a script", "nodes/demo/files/demo", "nodes/demo/files/demo node/readable"],
  ["a folder in a node's", "nodes/demo/files", "nodes/demo/files node/readable"],
  ["a node's folder", "nodes/demo", "nodes/demo node/readable"],
  ["the folder of nodes", "nodes", "nodes node/readable"],
  ["sources.yaml", "sources.yaml", "sources.yaml sources/readable"],
])("%s that may not be read is one error, with its path and the reason", (_what, path, expected) => {
  chmodSync(at(path), 0);
  const result = checked();
  chmodSync(at(path), 0o755);
  expect(places(result)).toEqual([expected]);
  expect(result.problems[0]?.found).toBe("no permission to read it");
  if (path.startsWith("nodes/demo")) expect(result.broken).toEqual(["demo"]);
});

test("a folder that may be listed and not entered", () => {
  chmodSync(at("nodes/demo/files"), 0o644);
  const result = checked();
  chmodSync(at("nodes/demo/files"), 0o755);
  expect(places(result)).toEqual(["nodes/demo/files node/readable"]);
});

test("what stands in a folder that may not be entered", () => {
  chmodSync(work, 0);
  const result = checked();
  chmodSync(work, 0o755);
  expect(places(result)).toEqual(["nodes node/readable", "sources.yaml sources/readable"]);
});

test("a pipe in a node's folder is named, and nobody waits for it", () => {
  rmSync(at("nodes/demo/files/demo"));
  for (const pipe of ["nodes/demo/files/demo", "nodes/demo/notes", "nodes/pipe"]) spawnSync("mkfifo", [at(pipe)]);
  const result = checked();
  expect(places(result)).toEqual([
    "nodes/demo/files/demo node/plain-files",
    "nodes/demo/notes node/plain-files",
    "nodes/pipe node/stray-file",
  ]);
  expect(result.problems.map(({ found }) => found)).toEqual(["a named pipe", "a named pipe", "a named pipe"]);
});

test("a pipe for node.yaml or sources.yaml, a socket", async () => {
  for (const path of ["nodes/demo/node.yaml", "sources.yaml"]) {
    rmSync(at(path));
    spawnSync("mkfifo", [at(path)]);
  }
  const server = Bun.listen({ unix: at("nodes/demo/socket"), socket: { data() {} } });
  const result = checked();
  server.stop();
  expect(places(result)).toEqual([
    "nodes/demo/node.yaml node/plain-files",
    "nodes/demo/socket node/plain-files",
    "sources.yaml sources/missing",
  ]);
  expect(result.problems.map(({ found }) => found)).toEqual(["a named pipe", "a socket", "a named pipe"]);
});

test("a link to what cannot be read is a link", () => {
  rmSync(at("nodes/demo/files/demo"));
  symlinkSync("/proc/1/mem", at("nodes/demo/files/demo"));
  expect(places(checked())).toEqual(["nodes/demo/files/demo node/no-symlinks"]);
});
