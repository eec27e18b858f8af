import { relative } from "node:path";
import { ranJobs } from "./runner";
import { root } from "./workflows";

const UNIT = "test/unit/workflows/ci-test.test.ts";
const LOCK = "test/unit/workflows/lock.test.ts";
const ENGINE = "test/engine/publish/workflow-steps.test.ts";
const FULL = "test/full/publish/workflows.test.ts";

/** The test file that runs each job from its YAML, all its steps. A new job that stands here nowhere fails. */
export const RUN: { readonly [job: string]: string } = {
  "ci.yaml check": ENGINE,
  "ci.yaml test": UNIT,
  "ci.yaml role": UNIT,
  "ci.yaml affected": ENGINE,
  "ci.yaml publishing": UNIT,
  "ci.yaml build": FULL,
  "ci.yaml publish": FULL,
  "ci.yaml status": ENGINE,
  "lock-snapshots.yaml lock": LOCK,
  "lock.yaml lock": ENGINE,
  "nightly.yaml nodes": ENGINE,
  "nightly.yaml full": FULL,
  "nightly.yaml status": ENGINE,
  "node.yaml node": FULL,
  "release.yaml nodes": ENGINE,
  "release.yaml node": FULL,
  "release.yaml release": FULL,
};

/** The jobs that a test file is said to run and, as far as its process has come, has not. */
export function jobsNotRun(testFile: string): string[] {
  const mine = Object.keys(RUN).filter((job) => RUN[job] === relative(root, testFile));
  return mine.filter((job) => !ranJobs().includes(job));
}
