import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { environment } from "./environment";
import { workflows } from "./workflows";

/** Runs a workflow's status step as it stands in the file, with results for the jobs that it needs. */
function status(file: string, results: Record<string, string>): boolean {
  const script = workflows().find((workflow) => workflow.file === file)?.jobs.status?.steps?.[0]?.run ?? "exit 99";
  const needs = JSON.stringify(Object.fromEntries(Object.entries(results).map(([job, result]) => [job, { result }])));
  // What `shell: bash` is.
  return (
    spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], { env: { ...environment(), NEEDS: needs } }).status === 0
  );
}

const good = {
  check: "success",
  test: "success",
  role: "success",
  affected: "success",
  publishing: "skipped",
  build: "success",
  publish: "skipped",
};

test("a pull request: its nodes are built, nothing is published", () => {
  expect(status("ci.yaml", good)).toBe(true);
});

test("no node is affected: both matrices are skipped and that is right", () => {
  expect(status("ci.yaml", { ...good, build: "skipped" })).toBe(true);
});

test("failed, cancelled, or skipped because one before it failed", () => {
  const { publishing: _, ...counted } = good;
  for (const job of Object.keys(counted)) {
    expect([job, status("ci.yaml", { ...good, [job]: "failure" })]).toEqual([job, false]);
    expect([job, status("ci.yaml", { ...good, [job]: "cancelled" })]).toEqual([job, false]);
  }
  // It informs.
  expect(status("ci.yaml", { ...good, publishing: "failure" })).toBe(true);
  expect(status("ci.yaml", { ...good, affected: "failure", build: "skipped" })).toBe(false);
  for (const job of ["test", "role"])
    expect([job, status("ci.yaml", { ...good, [job]: "skipped" })]).toEqual([job, false]);
});

test("nightly: nothing may be skipped", () => {
  expect(status("nightly.yaml", { nodes: "success", full: "success" })).toBe(true);
  expect(status("nightly.yaml", { nodes: "success", full: "skipped" })).toBe(false);
});
