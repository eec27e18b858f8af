import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaced } from "./runner";
import { root, workflows } from "./workflows";

// Every job is run from its YAML by a test, all its steps, or stands here with the reason why it is not. A new job or a new
// action that nobody thought of fails.

const ENGINE = "test/engine/publish/workflow-steps.test.ts";
const FULL = "test/full/publish/workflows.test.ts";

/** The test that runs a job. */
const RUN: { [job: string]: string } = {
  "ci.yaml check": ENGINE,
  "ci.yaml affected": ENGINE,
  "ci.yaml build": FULL,
  "ci.yaml publish": FULL,
  "ci.yaml status": ENGINE,
  "lock.yaml lock": ENGINE,
  "nightly.yaml nodes": ENGINE,
  "nightly.yaml full": FULL,
  "nightly.yaml status": ENGINE,
  "node.yaml node": FULL,
  "release.yaml nodes": ENGINE,
  "release.yaml node": FULL,
  "release.yaml release": FULL,
};

/** Jobs that no test runs. */
const NOT_RUN: { [job: string]: string } = {
  "ci.yaml test": "it is these tests: a run of it would run itself; its tiers are compared below",
};

test("every job is run by a test that names it, or is listed with a reason", () => {
  const jobs = workflows().flatMap(({ file, jobs }) => Object.keys(jobs).map((job) => `${file} ${job}`));
  expect(Object.keys({ ...RUN, ...NOT_RUN }).sort()).toEqual(jobs.sort());
  for (const [job, path] of Object.entries(RUN)) {
    const [file = "", name = ""] = job.split(" ");
    const text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
    // node.yaml is called by the jobs of other workflows.
    const named = file === "node.yaml" || (text.includes(`"${file}"`) && new RegExp(`\\b${name}\\b`).test(text));
    expect([job, named]).toEqual([job, true]);
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

test("the job that is the tests runs tiers that there are", () => {
  const run =
    workflows()
      .find(({ file }) => file === "ci.yaml")
      ?.jobs.test?.steps?.at(-1)?.run ?? "";
  const tiers = run.replace("./hegemonikon test ", "").split(" ");
  expect(tiers).toEqual(["lint", "unit", "role", "contract"]);
  const known = readFileSync(join(root, "test/tiers.ts"), "utf8");
  expect(tiers.filter((tier) => !new RegExp(`^  ${tier}: \\{`, "m").test(known))).toEqual([]);
});
