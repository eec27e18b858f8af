import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRegistry, type TestRegistry } from "../../engine/publish/registry";
import { pushEvent } from "../../unit/workflows/event";
import { fakeGithub } from "../../unit/workflows/gh";
import { jobsNotRun } from "../../unit/workflows/jobs";
import { type Origin, originRepository } from "../../unit/workflows/origin";
import { cleanUp, type Machine, machine, type RanJob, runJob, runWorkflow } from "../../unit/workflows/runner";

// The workflows that build, boot, publish and release, step by step from their YAML, against a registry with TLS and a
// password. The repository has one node, so that a release is of all its nodes in an hour of an emulated machine.

const NODE = "kairos";
let origin: Origin;
let registry: TestRegistry;
let folder: string;
let first: string;
let pushed: string;

beforeAll(async () => {
  registry = await startRegistry();
  folder = mkdtempSync(join(tmpdir(), "hegemonikon-full-"));
  writeFileSync(join(folder, "ca.pem"), registry.ca);
  origin = originRepository();
  for (const name of readdirSync(join(origin.clone, "nodes"))) {
    if (name !== NODE) rmSync(join(origin.clone, "nodes", name), { recursive: true });
  }
  first = origin.push("one node");
  origin.assertMore(NODE);
  pushed = origin.push("a new assertion");
  const from = process.env.HEGEMONIKON_SOURCES ?? join(origin.clone, "sources.yaml");
  writeFileSync(sources(), readFileSync(from, "utf8").replace(/^ +standin: true\n/gm, ""));
  const keys = join(import.meta.dir, "../../engine/publish/key-pair.ts");
  execFileSync(process.execPath, [keys, folder, sources()], { stdio: "ignore" });
});
afterEach(cleanUp);
afterAll(async () => {
  await registry.remove();
  origin.remove();
  rmSync(folder, { recursive: true, force: true });
});

const sources = () => join(folder, "sources.yaml");
const prefix = () => `${registry.host}/someone/hegemonikon/${NODE}`;

function runner(github: Record<string, unknown> = {}) {
  const gh = fakeGithub();
  const env = { ...gh.env, TEST_SOURCES: sources(), TEST_FOLDER: folder, TEST_REGISTRY: registry.host };
  const given = {
    origin: origin.path,
    github: pushEvent(pushed, first, { actor: registry.username, ...github }),
    bin: gh.bin,
    env,
    token: registry.password,
  };
  return { on: machine(given), gh };
}

const failed = (job: RanJob | undefined) =>
  job?.steps.flatMap(({ name, code, said }) => (code === 0 || code === "skipped" ? [] : [`${name}: ${said}`]));
const artifact = (on: Machine, ...path: string[]) => join(on.artifacts, ...path);

/** The names in the repository; a registry without the referrers API has a tag a digest with attachments besides. */
function tags(): string[] {
  const args = ["-s", "--cacert", join(folder, "ca.pem"), "-u", `${registry.username}:${registry.password}`];
  const url = `https://${prefix().replace("/", "/v2/")}/tags/list`;
  const said = spawnSync("curl", [...args, url], { encoding: "utf8" }).stdout;
  const all = (JSON.parse(said) as { tags?: string[] | null }).tags ?? [];
  return all.filter((tag) => !tag.startsWith("sha256-")).sort();
}

test("a push to main: the node that it touches is built, booted and published, and the run shows it", () => {
  const { on } = runner();
  const ran = runWorkflow(on, "ci.yaml", { instead: { test: "success", role: "success" } });
  const [job] = ran.publish ?? [];
  expect([job?.result, failed(job)]).toEqual(["success", []]);
  expect(ran.status?.[0]?.result).toBe("success");
  expect(tags()).toEqual(["24.04-core-amd64-generic-v0.0.0-edge.7", "edge", "v0.0.0-edge.7"]);
  expect(job?.summary).toMatch(
    new RegExp(
      `\\| ${NODE} \\| [\\d.]+[MG]iB \\| [\\d.]+[MG]iB \\| (\\d+) of \\1 \\| \`sha256:[0-9a-f]{64}\` \\| \`${prefix()}:v0.0.0-edge.7@sha256:[0-9a-f]{64}\` \\|`,
    ),
  );
  const manifest = JSON.parse(readFileSync(artifact(on, `${NODE}-proof`, "dist/manifest.json"), "utf8"));
  // What is checked out is the commit, whatever the steps before left there.
  expect([manifest.revision, manifest.version]).toEqual([pushed, "v0.0.0-edge.7"]);
  const published = JSON.parse(readFileSync(artifact(on, `${NODE}-proof`, "published.json"), "utf8"));
  expect(published.contentDigest).toBe(manifest.contentDigest);
  execFileSync("sha256sum", ["--check", "--quiet", "--ignore-missing", "SHA256SUMS"], {
    cwd: artifact(on, `${NODE}-media`),
  });
}, 5_400_000);

test("a pull request: built and booted by a job that may not write, with no step that would publish", () => {
  const event = { pull_request: { base: { sha: first }, head: { repo: { full_name: "someone-else/hegemonikon" } } } };
  const { on } = runner({ event_name: "pull_request", event, ref: "refs/pull/1/merge", ref_name: "1/merge" });
  const before = tags();
  const ran = runWorkflow(on, "ci.yaml", { instead: { test: "success", role: "success" } });
  expect([ran.build?.[0]?.result, failed(ran.build?.[0])]).toEqual(["success", []]);
  expect(ran.build?.[0]?.steps.find(({ name }) => name === "Publish")?.code).toBe("skipped");
  expect([ran.status?.[0]?.result, tags()]).toEqual(["success", before]);
}, 5_400_000);

test("a tag: nothing has a name or is seen before everything is there, wherever it fails; then all of it is", async () => {
  origin.git("tag", "v1.0.0");
  origin.push("the tag's push");
  const { on, gh } = runner({ sha: pushed, ref: "refs/tags/v1.0.0", ref_name: "v1.0.0", event: {} });
  const named = () => tags().filter((tag) => !tag.includes("edge"));
  origin.git("tag", "--force", "v1.0.0", pushed);
  origin.git("push", "--quiet", "--force", "--tags", "origin");
  const nodes = runJob(on, "release.yaml", "nodes");
  expect([nodes.result, failed(nodes)]).toEqual(["success", []]);
  const [matrix] = JSON.parse(String(nodes.outputs.nodes));
  const node = runJob(on, "release.yaml", "node", { matrix });
  expect([node.result, failed(node)]).toEqual(["success", []]);
  expect(node.summary).toContain("- Booted: its role was proven");
  expect(node.summary).toMatch(new RegExp(`\\| ${NODE} \\| [\\d.]+[MG]iB \\| [\\d.]+[MG]iB \\| (\\d+) of \\1 \\|`));
  expect(existsSync(artifact(on, `${NODE}-proof`, `release/${NODE}/proof/report.html`))).toBe(true);
  expect(named()).toEqual([]);

  // The assets cannot be uploaded.
  const draft = runJob({ ...on, env: { ...on.env, GH_FAIL: "^release upload" } }, "release.yaml", "release");
  expect([draft.result, draft.steps.find(({ code }) => code === 1)?.name]).toEqual([
    "failure",
    "Draft with its assets",
  ]);
  expect([named(), gh.releases()["v1.0.0"]?.draft]).toEqual([[], true]);
  // The registry is down.
  await registry.stop();
  const down = runJob(on, "release.yaml", "release");
  expect(down.steps.find(({ code }) => code === 1)?.said).toContain("cannot be reached");
  await registry.start();
  expect([named(), gh.releases()["v1.0.0"]?.draft]).toEqual([[], true]);
  // The images have their names, and GitHub does not answer: a person sees no release yet, and it is finished below.
  const unseen = runJob({ ...on, env: { ...on.env, GH_FAIL: "^release edit" } }, "release.yaml", "release");
  expect([unseen.result, gh.releases()["v1.0.0"]?.draft]).toEqual(["failure", true]);

  const release = runJob(on, "release.yaml", "release");
  expect([release.result, failed(release)]).toEqual(["success", []]);
  expect(named()).toEqual(["24.04-core-amd64-generic-v1.0.0", "latest", "v1", "v1.0", "v1.0.0"]);
  const seen = gh.releases()["v1.0.0"];
  expect(seen).toMatchObject({ draft: false, prerelease: false, latest: true });
  const stem = `${NODE}-v1.0.0`;
  const sums = ["SHA256SUMS", "SHA256SUMS.sigstore.json"];
  expect(seen?.assets.sort()).toEqual(
    [...sums, "image.json", "iso", "manifest.json", "notes.md", "sbom.cdx.json"].map((end) => `${stem}.${end}`),
  );
  expect(release.summary).toContain(`\`${prefix()}:latest\``);

  // What a person does with what was downloaded.
  const downloads = join(gh.asset("v1.0.0", ""), ".");
  execFileSync("sha256sum", ["--check", "--strict", "--quiet", `${stem}.SHA256SUMS`], { cwd: downloads });
  const image = JSON.parse(readFileSync(join(downloads, `${stem}.image.json`), "utf8"));
  expect(seen?.notes).toContain(`\`${prefix()}@${image.digest}\``);
  expect(seen?.notes).toContain(`--reference=${prefix()}:v1.0.0 --key=cosign.pub`);
  expect(existsSync(join(downloads, `${stem}.iso`))).toBe(true);
}, 5_400_000);

test("nightly: the node's medium is installed, upgraded, and comes back from upgrades that are broken", () => {
  const { on } = runner({ event_name: "schedule", event: {} });
  const ran = runWorkflow(on, "nightly.yaml");
  expect([ran.full?.[0]?.result, failed(ran.full?.[0])]).toEqual(["success", []]);
  expect(ran.status?.[0]?.result).toBe("success");
  const stages = readdirSync(artifact(on, `${NODE}-proof`, "proof"));
  expect(stages.some((name) => name.includes("installed"))).toBe(true);
  expect(JSON.parse(readFileSync(artifact(on, `${NODE}-proof`, "upgrade/result.json"), "utf8")).proven).toBe(true);
}, 14_400_000);

test("every job that is said to be run here was", () => {
  expect(jobsNotRun(import.meta.path)).toEqual([]);
});
