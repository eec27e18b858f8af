import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RUN } from "./jobs";
import { replaced } from "./runner";
import { root, workflows } from "./workflows";

// Every job is run from its YAML by a test, all its steps (jobs.ts). A new job or a new action that nobody thought of fails.

test("every job is run by a test file, which looks at its end whether it did", () => {
  const jobs = workflows().flatMap(({ file, jobs }) => Object.keys(jobs).map((job) => `${file} ${job}`));
  expect(Object.keys(RUN).sort()).toEqual(jobs.sort());
  for (const path of new Set(Object.values(RUN))) {
    const text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
    expect([path, text.includes("expect(jobsNotRun(import.meta.path)).toEqual([])")]).toEqual([path, true]);
  }
});

test("every action has something that it does in the tests' runner, and nothing there is left over", () => {
  const used = workflows().flatMap(({ jobs }) =>
    Object.values(jobs).flatMap(({ steps = [] }) =>
      steps.flatMap(({ uses }) => (uses ? [uses.replace(/@.*/, "")] : [])),
    ),
  );
  expect(Object.keys(replaced).sort()).toEqual([...new Set(used)].sort());
});

test("a step is a script or an action", () => {
  const steps = workflows().flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps = [] }) => steps));
  expect(steps.filter(({ run, uses }) => (run === undefined) === (uses === undefined))).toEqual([]);
});

test("the jobs that are the tests run every tier that needs no engine, and tiers that there are", () => {
  const { jobs = {} } = workflows().find(({ file }) => file === "ci.yaml") ?? {};
  const asked = ["test", "role"].flatMap((job) => {
    const run = jobs[job]?.steps?.at(-1)?.run ?? "";
    return (run.split("./hegemonikon test ")[1] ?? "").split(" ");
  });
  expect(asked).toEqual(["lint", "unit", "contract", "role"]);
  const known = readFileSync(join(root, "test/tiers.ts"), "utf8");
  expect(asked.filter((tier) => !new RegExp(`^  ${tier}: \\{`, "m").test(known))).toEqual([]);
});
