import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeNames } from "../../nodes";
import { pushEvent } from "../../unit/workflows/event";
import { fakeGithub } from "../../unit/workflows/gh";
import { jobsNotRun } from "../../unit/workflows/jobs";
import { type Origin, originRepository } from "../../unit/workflows/origin";
import { cleanUp, machine, type RanJob, runJob, runWorkflow } from "../../unit/workflows/runner";

// The workflows as GitHub would run them, from their YAML: what takes minutes. Jobs that build, boot, publish and release a
// node run in test/full/publish.

let origin: Origin;
let first: string;
let pushed: string;
beforeAll(() => {
  origin = originRepository();
  first = origin.git("rev-parse", "HEAD");
  // A change of one node's files, and one that touches no node.
  appendFileSync(join(origin.clone, "nodes/noos/cloud-config.yaml"), "\n# a comment\n");
  appendFileSync(join(origin.clone, "README.md"), "\nmore\n");
  origin.assertMore("kairos");
  pushed = origin.push("a new assertion");
});
afterEach(cleanUp);
afterAll(() => origin.remove());

/** A machine for an event on main, or on what is given. */
function runner(github: Record<string, unknown>, env: Record<string, string> = {}) {
  const gh = fakeGithub();
  const sources: Record<string, string> = process.env.HEGEMONIKON_SOURCES
    ? { TEST_SOURCES: process.env.HEGEMONIKON_SOURCES }
    : {};
  const on = machine({
    origin: origin.path,
    github: pushEvent(pushed, first, github),
    bin: gh.bin,
    env: { ...gh.env, ...sources, ...env },
    token: "token",
  });
  return { on, gh };
}

/** The nodes of a job's output `nodes`, by name. */
const named = ({ nodes }: RanJob["outputs"]) =>
  (JSON.parse(String(nodes)) as { node: string }[]).map(({ node }) => node).sort();
const codes = (job: RanJob | undefined) => job?.steps.map(({ name, code }) => [name, code]);
const failed = (jobs: { [name: string]: RanJob[] }) =>
  Object.entries(jobs).flatMap(([name, ran]) =>
    ran.flatMap(({ steps }) =>
      steps.flatMap(({ name: step, code, said }) =>
        code === 0 || code === "skipped" ? [] : [`${name}: ${step}: ${said}`],
      ),
    ),
  );

describe("CI", () => {
  test("a push: checked; the node that it touches is published, why is said, and the status is good", () => {
    const { on } = runner({});
    const ran = runWorkflow(on, "ci.yaml", { instead: { test: "success", role: "success", publish: "success" } });
    expect(failed(ran)).toEqual([]);
    expect(codes(ran.check?.[0])).toEqual([
      ["actions/checkout", 0],
      ["dagger/dagger-for-github", 0],
      ["Problems as annotations", 0],
      ["github/codeql-action/upload-sarif", 0],
      ["Check", 0],
    ]);
    const affected = ran.affected?.[0];
    expect(affected?.outputs.nodes).toBe('[{"node":"kairos","arch":"amd64","medium":"iso"}]');
    expect(affected?.summary).toMatch(/^```\n(.*\n)*kairos \(amd64, iso\)\n(.*\n)*```\n/);
    expect(ran.build?.[0]?.result).toBe("skipped");
    expect(ran.status?.[0]?.steps[0]?.said).toContain("publish: success");
  });

  test("a push while sources lack digests: everything is built, nothing published, and what to do is said", () => {
    const { on } = runner({}, { TEST_SOURCES: unpinned() });
    const affected = runJob(on, "ci.yaml", "affected");
    expect([affected.result, affected.outputs.pinned]).toEqual(["success", "false"]);
    expect(affected.summary).toContain("dagger call lock export --path=sources.yaml");
    const release = runJob(on, "release.yaml", "nodes");
    expect(release.result).toBe("failure");
    expect(release.steps.find(({ name }) => name === "Every source is pinned")?.said).toMatch(/^false\n::error file=/);
  });

  test("a pull request from a fork: it is checked and built, writes nothing and publishes nothing", () => {
    const event = { pull_request: { base: { sha: first }, head: { repo: { full_name: "someone-else/hegemonikon" } } } };
    const { on } = runner({ event_name: "pull_request", ref: "refs/pull/1/merge", ref_name: "1/merge", event });
    const ran = runWorkflow(on, "ci.yaml", { instead: { test: "success", role: "success", build: "success" } });
    expect(failed(ran)).toEqual([]);
    expect(codes(ran.check?.[0])).toContainEqual(["github/codeql-action/upload-sarif", "skipped"]);
    expect([ran.build?.[0]?.result, ran.publish?.[0]?.result]).toEqual(["success", "skipped"]);
    expect(ran.status?.[0]?.result).toBe("success");
  });

  test("a mistake in a node: the check fails and shows it, what needs it is skipped, and so the status fails", () => {
    const file = join(origin.clone, "nodes/kairos/node.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("medium: iso", "medium: isso"));
    const { on } = runner({ sha: origin.push("a mistake") });
    writeFileSync(file, text);
    origin.push("put right");
    const ran = runWorkflow(on, "ci.yaml", { instead: { test: "success", role: "success", affected: "success" } });
    expect(codes(ran.check?.[0])?.slice(2)).toEqual([
      ["Problems as annotations", 0],
      ["github/codeql-action/upload-sarif", 0],
      ["Check", 1],
    ]);
    expect(ran.check?.[0]?.steps.at(-1)?.said).toContain("nodes/kairos/node.yaml:");
    const sarif = readFileSync(join(ran.check?.[0]?.workspace ?? "", "problems.sarif"), "utf8");
    expect(sarif).toContain("isso");
    expect([ran.publish?.[0]?.result, ran.status?.[0]?.result]).toEqual(["skipped", "failure"]);
  });

  test("after a forced push, whose earlier revision is gone, every node is built", () => {
    const { on } = runner({ event: { before: "1".repeat(40) } });
    const { result, outputs } = runJob(on, "ci.yaml", "affected");
    expect([result, named(outputs)]).toEqual(["success", nodeNames(origin.clone)]);
  });
});

describe("nightly and release", () => {
  test("nodes: the matrix is every node", () => {
    for (const file of ["nightly.yaml", "release.yaml"]) {
      const { on } = runner({}, { TEST_SOURCES: unmarked() });
      const { result, outputs, steps } = runJob(on, file, "nodes");
      expect([result, steps.filter(({ code }) => code !== 0)]).toEqual(["success", []]);
      expect(named(outputs)).toEqual(nodeNames(origin.clone));
    }
  });

  test("nightly: a node that fails makes the run fail", () => {
    const { on } = runner({ event_name: "schedule" });
    const ran = runWorkflow(on, "nightly.yaml", { instead: { full: "failure" } });
    expect([ran.nodes?.[0]?.result, ran.status?.[0]?.result]).toEqual(["success", "failure"]);
  });
});

describe("lock", () => {
  test("digests that are missing become a pull request with sources.yaml alone; where none is missing there is none", () => {
    const text = readFileSync(unpinned(), "utf8");
    writeFileSync(join(origin.clone, "sources.yaml"), text);
    const { on, gh } = runner({ sha: origin.push("unpinned") }, { TEST_SOURCES: "" });
    const { result, steps } = runJob(on, "lock.yaml", "lock");
    expect([result, steps.filter(({ code }) => code !== 0)]).toEqual(["success", []]);
    expect(gh.pulls().map(({ head, base }) => [head, base])).toEqual([["lock/main", "main"]]);
    origin.git("fetch", "--quiet", "origin", "lock/main");
    expect(origin.git("diff", "--name-only", "HEAD", "FETCH_HEAD")).toBe("sources.yaml");
    const locked = origin.git("show", "FETCH_HEAD:sources.yaml");
    expect(locked.match(/^ +digest: sha256:[0-9a-f]{64}$/gm)?.length).toBe(
      text.match(/^ +kind: image$/gm)?.length as number,
    );

    writeFileSync(join(origin.clone, "sources.yaml"), `${locked}\n`);
    const again = runner({ sha: origin.push("pinned") }, { TEST_SOURCES: "" });
    const done = runJob(again.on, "lock.yaml", "lock");
    expect([done.result, done.steps.at(-1)?.said]).toEqual(["success", "every source has its digest: nothing to do\n"]);
    expect(again.gh.pulls()).toEqual([]);
  });
});

test("every job that is said to be run here was", () => {
  expect(jobsNotRun(import.meta.path)).toEqual([]);
});

/** The sources of this machine without the digests of the images. */
function unpinned(): string {
  return rewritten("unpinned.yaml", (text) => text.replace(/^ +(digest: .*|standin: true)\n/gm, ""));
}

/** The sources of this machine, all pinned, without the marks of stand-ins. */
function unmarked(): string {
  return rewritten("unmarked.yaml", (text) => text.replace(/^ +standin: true\n/gm, ""));
}

function rewritten(name: string, rewrite: (text: string) => string): string {
  const from = process.env.HEGEMONIKON_SOURCES ?? join(origin.clone, "sources.yaml");
  const path = join(origin.clone, "..", name);
  writeFileSync(path, rewrite(readFileSync(from, "utf8")));
  return path;
}
