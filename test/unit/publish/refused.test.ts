import { describe, expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TableFormat } from "../../../.dagger/src/node/table-format.js";
import { diffNode, planNode } from "../../../.dagger/src/publish/compare.js";
import type { Project } from "../../../.dagger/src/publish/project.js";
import { promoteNodes } from "../../../.dagger/src/publish/promote.js";
import { publishNode } from "../../../.dagger/src/publish/publish-node.js";
import { releaseNodes } from "../../../.dagger/src/publish/release-nodes.js";
import { revisionOf } from "../../../.dagger/src/publish/repository-state.js";
import { signatureOf, verifyNode } from "../../../.dagger/src/publish/verify-node.js";
import { nodeNames } from "../../nodes";
import { HEAD, project, secret, tagged, withLine } from "./project";

// No engine answers here: whatever was asked of one before the refusal would fail by that.

const by = { registry: "ghcr.io/a/b", username: "a", password: secret(), key: secret(), sourceUrl: "" };
const reader = { username: "" };
const reference = "ghcr.io/a/b/protos:v1";

/** The lines of the error that a call ends in, without what was expected. */
async function refusal(call: Promise<unknown>): Promise<string[]> {
  const error = await call.then(
    () => new Error("not refused"),
    (thrown: Error) => thrown,
  );
  return error.message.split("\n").map((line) => line.replace(/, expected .*/, ""));
}

const whole = { tag: "v1.0.0", repository: tagged("v1.0.0"), nodes: undefined, boot: true, stage: false };
const release = (work: Project, more: object = {}) => refusal(releaseNodes(work, by, { ...whole, ...more }));
const promote = (work: Project, more: object = {}, promoter: object = {}) => {
  const request = { tag: "v1.0.0", repository: tagged("v1.0.0"), nodes: undefined, release: {} as never };
  const who = { ...by, key: { contents: async () => "-----BEGIN PUBLIC KEY-----" } as never, ...promoter };
  return refusal(promoteNodes(work, who, { ...request, ...more }, TableFormat.Text));
};
const publish = (work: Project, more: object = {}, publisher: object = {}) => {
  const request = { node: "protos", version: "v1.0.0", repository: tagged("v1.0.0") };
  return refusal(publishNode(work, { ...by, ...publisher }, { ...request, ...more }, TableFormat.Text));
};
const verify = (work: Project, more: object = {}) => {
  const request = { node: "protos", reference, identity: ".*", issuer: "x", reader, repository: tagged("v1.0.0") };
  return refusal(verifyNode(work, { ...request, ...more }, TableFormat.Text));
};
const plan = (work: Project) => refusal(planNode(work, { node: "protos", version: "v1", against: reference, reader }));
const diff = (work: Project, more: object = {}) =>
  refusal(diffNode(work, { node: "protos", version: "v1.0.0", since: "v1", repository: tagged("v1"), ...more }));

describe("a node with an error", () => {
  const names = nodeNames(join(import.meta.dir, "../../.."));
  const broken = project(withLine("nodes/protos/node.yaml", "bogus: 1"));
  const all = project(Object.assign({}, ...names.map((n) => withLine(`nodes/${n}/node.yaml`, "bogus: 1"))));

  test("is no node that a release of all leaves out", async () => {
    for (const call of [release, promote]) {
      expect(await call(broken)).toEqual([
        expect.stringMatching(/: one thing is not right$/),
        expect.stringMatching(/^ {2}nodes\/protos\/node\.yaml:\d+:\d+: .*bogus/),
      ]);
      const lines = await call(all);
      expect(lines[0]).toEndWith(`: ${names.length} things are not right`);
      expect(lines.slice(1).map((line) => line.split("/")[1])).toEqual(names);
    }
  });

  test("is named by its error wherever it is asked for", async () => {
    const error = expect.stringMatching(/^ {2}nodes\/protos\/node\.yaml:\d+:\d+: .*bogus/);
    const asked = { nodes: ["protos"] };
    for (const lines of [
      await release(broken, asked),
      await promote(broken, asked),
      await publish(broken),
      await verify(broken),
      await plan(broken),
      await diff(broken),
    ]) {
      expect(lines).toContainEqual(error);
      expect(lines.join("\n")).not.toContain('found "protos"');
    }
    // What is wrong with another node is no affair of this one.
    expect((await publish(broken, { node: "noos" }, { username: "" })).slice(1)).toEqual(['  username: found ""']);
  });
});

test("sources that cannot be read are named by file, line and reason, once for all nodes", async () => {
  const broken = project({ "sources.yaml": "sources:\n  a: [\n" });
  for (const call of [release, promote, publish, verify, plan, diff]) {
    const lines = await call(broken);
    expect(lines.filter((line) => /^ {2}sources\.yaml:\d+:\d+: \S+/.test(line)).length).toBeGreaterThan(0);
    expect(new Set(lines).size).toBe(lines.length);
  }
});

test("a release of no node, of a node twice and of one that is not there is refused", async () => {
  for (const call of [release, promote]) {
    expect((await call(project({}, [])))[1]).toStartWith("  nodes: found no folder in nodes/");
    // An empty --nodes=, of a variable that is not set, is no "all of them".
    expect((await call(project(), { nodes: [] })).slice(1)).toEqual(["  nodes: found no name"]);
    expect((await call(project(), { nodes: ["noos", "noos", "nous"] })).slice(1)).toEqual([
      "  nodes: found noos twice",
      '  nodes: found "nous"',
    ]);
  }
});

test("a release of what git ignores is refused, of the nodes that are released", async () => {
  const repository = tagged("v1.0.0", "nodes/thuroros/cloud-config.yaml");
  const named = "  working tree: found nodes/thuroros/cloud-config.yaml, which git ignores";
  const wrong = { username: "" };
  const released = (more: object) =>
    refusal(releaseNodes(project(), { ...by, ...wrong }, { ...whole, repository, ...more }));
  expect((await released({})).slice(1)).toEqual([named, '  username: found ""']);
  expect((await released({ nodes: ["noos"] })).slice(1)).toEqual(['  username: found ""']);
});

test("the revision of a build is marked where a file of it is in no commit", async () => {
  const files = project().builtFrom(["thuroros"]);
  expect(files).toContain("nodes/thuroros/node.yaml");
  expect(files.some((path) => path.startsWith("nodes/thuroros/files/"))).toBe(true);
  expect(await revisionOf(tagged("v1"), files)).toBe(HEAD);
  expect(await revisionOf(tagged("v1", files.at(-1)), files)).toBe(`${HEAD}-dirty`);
});

test("a folder that is no clone is told what is needed, before a registry is asked", async () => {
  const failing = () => Promise.reject(new Error("git error: not a git repository [traceparent:1-2]\nmore"));
  const none = {
    head: () => ({ commit: failing, tree: () => ({ glob: failing }) }),
    uncommitted: () => ({ isEmpty: failing }),
    tags: failing,
  } as never;
  for (const call of [release, promote, publish, verify]) {
    expect(await call(project(), { repository: none })).toEqual([
      "repository: its commit could not be read (git error: not a git repository)",
    ]);
  }
});

describe("diff", () => {
  const root = join(import.meta.dir, "../../..");
  /** The nodes and sources of this repository at another revision, with other sources. */
  const at = (sources: string) => {
    const tree = {
      sync: async () => tree,
      directory: () => ({ export: async (to: string) => cpSync(join(root, "nodes"), to, { recursive: true }) }),
      file: () => ({ name: async () => "sources.yaml", export: async (to: string) => writeFileSync(to, sources) }),
    };
    return { ref: () => ({ commit: async () => HEAD, tree: () => tree }) } as never;
  };
  const right = readFileSync(join(root, "sources.yaml"), "utf8");

  test("reads both revisions before it builds one", async () => {
    const lines = await diff(project(), { repository: at("sources: [\n") });
    expect(lines[0]).toMatch(/^diff: at v1: /);
    expect(lines[1]).toMatch(/^ {2}sources\.yaml:\d+:\d+: /);
    // Nothing can be built here, so that a build would have been the error.
    expect((await diff(project({ "sources.yaml": "a: [\n" }), { repository: at(right) }))[1]).toMatch(
      /^ {2}sources\.yaml/,
    );
    expect((await diff(project(), { repository: at(right), version: "one" }))[1]).toStartWith('  version: found "one"');
  });

  test("says which revision could not be built, and what helps where its sources are gone", async () => {
    const lines = await diff(project(), { repository: at(right) });
    expect(lines[0]).toBe("diff: v1 could not be built");
    expect(lines.at(-1)).toContain("--since-sources=FILE");
    const given = { name: async () => "old.yaml", export: async (to: string) => writeFileSync(to, right) };
    const others = await diff(project(), { repository: at(""), sinceSources: given });
    expect([others[0], others.join("\n").includes("--since-sources")]).toEqual(["diff: v1 could not be built", false]);
  });
});

test("what verify, promote and release are given besides is wrong before a registry is asked", async () => {
  const key = { contents: async () => "# README" };
  expect((await verify(project(), { identity: "(" })).slice(1)).toEqual(['  identity: found "("']);
  expect((await verify(project(), { identity: "", key })).slice(1)).toEqual(["  key: found no public key in the file"]);
  expect((await promote(project(), {}, { key })).slice(1)).toEqual(["  key: found no public key in the file"]);
  const given = { key: undefined, sourceUrl: "git@github.com:a/b" };
  expect((await promote(project(), {}, given)).slice(1)).toEqual(['  source-url: found "git@github.com:a/b"']);
  expect((await publish(project(), {}, { sourceUrl: "nonsense" })).slice(1)).toEqual([
    '  source-url: found "nonsense"',
  ]);
});

test("a signature that cosign cannot look at ends verify; one that is not believed is a proof that does not hold", async () => {
  const cosign = (code: number, said: string) => {
    const self = {
      withEnvVariable: () => self,
      withExec: () => self,
      exitCode: async () => code,
      stdout: async () => "",
      stderr: async () => said,
    };
    return self as never;
  };
  const job = { kind: "keyless", identity: "^a", issuer: "b" } as const;
  expect(await signatureOf(cosign(0, ""), job, "r/x")).toEqual({ ok: true, detail: "made by ^a" });
  const other = await signatureOf(
    cosign(1, "Error: no matching signatures: none of the expected identities"),
    job,
    "r/x",
  );
  expect(other).toMatchObject({ ok: false, detail: expect.stringContaining("; ") });
  // However many signatures are there, each with a line of its own behind the words that count.
  const many = `no matching signatures\n${"invalid signature when validating\n".repeat(9)}`;
  expect(await signatureOf(cosign(1, many), job, "r/x")).toMatchObject({ ok: false });
  expect(await refusal(signatureOf(cosign(1, "Error: missing argument to repetition operator"), job, "r/x"))).toEqual([
    "verify the signature (r/x): failed",
    expect.stringContaining("repetition operator"),
  ]);
});
