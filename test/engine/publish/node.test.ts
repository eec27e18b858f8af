import { afterAll, beforeAll, expect, test } from "bun:test";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Origin, originRepository } from "../../unit/workflows/origin";
import { startRegistry, type TestRegistry } from "./registry";

// A whole node through the module's functions as a person calls them: publish, publish again, verify, plan, release, and
// the pre-release after it, from a clone with the files as they are, and a commit of them. The node's head comes from the
// engine's cache where another test built it.

const root = join(import.meta.dir, "../../..");
const NODE = "kairos";

let registry: TestRegistry;
let origin: Origin;
let clone: string;
let sources: string;

type Said = { code: number | null; out: string; err: string };

function spawned(command: string, args: string[], env: Record<string, string> = {}): Promise<Said> {
  const child = spawn(command, args, { cwd: clone, env: { ...process.env, ...env } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  return new Promise((done) => child.on("close", (code) => done({ code, out, err })));
}

/** Calls a function of the clone's module. */
const call = (words: string[], from = sources) =>
  spawned(process.execPath, ["local/call.ts", "-s", `--sources=${from}`, ...words], {
    TEST_TOKEN: registry.password,
    TEST_KEY_PASSWORD: "secret",
  });

const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: clone, stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" }).trim();

const where = () => ["--username=publisher", "--password=env://TEST_TOKEN", `--ca=${clone}/../ca.pem`];
const signed = () => [`--key=file://${clone}/../cosign.key`, "--key-password=env://TEST_KEY_PASSWORD"];
const publish = (version: string) => [
  "publish",
  `--node=${NODE}`,
  `--version=${version}`,
  `--registry=${registry.host}/lab`,
  ...where(),
  ...signed(),
];

beforeAll(async () => {
  registry = await startRegistry();
  origin = originRepository();
  clone = origin.clone;
  const folder = join(clone, "..");
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  // What npm ci and this link leave is no change of the repository's files.
  writeFileSync(join(clone, ".git/info/exclude"), "node_modules\n");
  writeFileSync(join(folder, "ca.pem"), registry.ca);
  sources = join(folder, "sources.yaml");
  if (process.env.HEGEMONIKON_SOURCES) {
    // The stand-ins under their real names and digests: publishing refuses what is marked, which a test of its own shows.
    writeFileSync(sources, readFileSync(process.env.HEGEMONIKON_SOURCES, "utf8").replace(/^ +standin: true\n/gm, ""));
  } else {
    const locked = await call(["lock", "export", `--path=${sources}`], join(clone, "sources.yaml"));
    expect(locked.code).toBe(0);
  }
  const made = await spawned(process.execPath, [join(import.meta.dir, "key-pair.ts"), folder, sources]);
  expect([made.code, made.err]).toEqual([0, made.err]);
});

afterAll(async () => {
  await registry.remove();
  origin.remove();
});

test("what is marked as a stand-in is refused before anything is built", async () => {
  const marked = join(clone, "../marked.yaml");
  const text = readFileSync(sources, "utf8");
  writeFileSync(marked, text.replace(/^( +)reference: quay\.io\/kairos\/kairos-init\n/m, "$&$1standin: true\n"));
  const began = performance.now();
  const { code, err } = await call(publish("v1.0.0"), marked);
  expect(code).toBe(1);
  expect(err).toContain("kairos-init is a stand-in for tests");
  expect(performance.now() - began).toBeLessThan(30_000);
});

test("publish, the same again, verify, plan", async () => {
  const first = await call([...publish("v1.0.0"), "--format=json"]);
  expect([first.code, first.err]).toEqual([0, first.err]);
  const published = JSON.parse(first.out);
  expect(published).toMatchObject({ node: NODE, version: "v1.0.0", pushed: true });
  expect(published.references).toHaveLength(5);

  const again = await call([...publish("v1.0.0"), "--format=json"]);
  expect(JSON.parse(again.out)).toMatchObject({ pushed: false, digest: published.digest });

  const reference = `--reference=${registry.host}/lab/${NODE}:v1.0.0`;
  const verified = await call(["verify", `--node=${NODE}`, reference, `--key=${clone}/../cosign.pub`, ...where()]);
  expect([verified.code, verified.out.split("\n").filter((line) => line.startsWith("  not ok"))]).toEqual([0, []]);
  expect(verified.out.match(/^ {2}ok /gm)).toHaveLength(7);

  const plan = ["plan", `--node=${NODE}`, `--against=${registry.host}/lab/${NODE}:v1.0.0`, ...where()];
  const same = await call([...plan, "--version=v1.0.0"]);
  expect(same.out).toContain("Nothing changes: the content is the same");
  const next = await call([...plan, "--version=v1.1.0", "--format=json"]);
  expect(JSON.parse(next.out)).toMatchObject({
    same: false,
    files: { changed: ["/etc/kairos-release"] },
    units: { added: [] },
  });
}, 1_200_000);

test("verify names what does not hold, and that alone: another's key, a file that is another here", async () => {
  const strange = join(clone, "../strange");
  mkdirSync(strange);
  const keys = join(import.meta.dir, "key-pair.ts");
  expect((await spawned(process.execPath, [keys, strange, sources])).code).toBe(0);
  const file = join(clone, "nodes", NODE, "node.yaml");
  const more = "$1  - name: a new fact\n    command: test -e /etc/hostname\n    within: 10s\n";
  writeFileSync(file, readFileSync(file, "utf8").replace(/^(assertions:\n)/m, more));
  const reference = `--reference=${registry.host}/lab/${NODE}:v1.0.0`;
  const { code, err } = await call(["verify", `--node=${NODE}`, reference, `--key=${strange}/cosign.pub`, ...where()]);
  git("checkout", "--", "nodes");
  const wrong = err.split("\n").filter((line) => line.startsWith("  not ok "));
  expect([code, wrong.map((line) => /not ok ([a-z ]+):/.exec(line)?.[1])]).toEqual([1, ["signature", "local build"]]);
  expect(err.match(/^ {2}ok /gm)).toHaveLength(5);
  expect(err).toMatch(/^ {4}changed \/.*assertions/m);
}, 600_000);

test("diff: what the files here change since a revision", async () => {
  const file = join(clone, "nodes", NODE, "node.yaml");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/^(assertions:\n)/m, "$1  - name: a new fact\n    command: test -e /etc/hostname\n    within: 10s\n"),
  );
  const words = ["diff", `--node=${NODE}`, `--since=${git("rev-parse", "HEAD")}`, `--since-sources=${sources}`];
  const { code, out, err } = await call([...words, "--format=json"]);
  expect([code, err]).toEqual([0, err]);
  const { same, files, packages } = JSON.parse(out);
  expect(same).toBe(false);
  expect(files.changed.some((path: string) => path.includes("assertions"))).toBe(true);
  expect([packages.added, packages.removed, packages.upgraded]).toEqual([[], [], []]);
  git("checkout", "--", "nodes");
}, 600_000);

test("a release: refused from a tree that is not clean, then everything of it, and a pre-release beside it", async () => {
  const release = (tag: string) => [
    "release",
    `--tag=${tag}`,
    `--nodes=${NODE}`,
    "--boot=false",
    `--registry=${registry.host}/lab`,
    ...where(),
    ...signed(),
  ];
  writeFileSync(join(clone, "new-file"), "x");
  const dirty = await call(release("v1.1.0"));
  expect(dirty.code).toBe(1);
  expect(dirty.err).toContain("found no v1.1.0 in this repository");
  expect(dirty.err).toContain("found changes that are not committed");
  rmSync(join(clone, "new-file"));

  git("tag", "v1.0.0", "HEAD~1");
  git("tag", "v1.0.1", "HEAD~1"); // of a run that failed: nothing was published
  git("tag", "v1.1.0");
  const elsewhere = await call(release("v1.0.0"));
  expect(elsewhere.err).toContain("expected it on HEAD");

  const out = join(clone, "../release");
  const done = await call([...release("v1.1.0"), "export", `--path=${out}`]);
  expect([done.code, done.err]).toEqual([0, done.err]);
  const folder = join(out, NODE);
  const named = ["image.json", "iso", "manifest.json", "notes.md", "sbom.cdx.json"].map(
    (end) => `${NODE}-v1.1.0.${end}`,
  );
  expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", "SHA256SUMS.sigstore.json", ...named]);
  execFileSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: folder });
  const notes = readFileSync(join(folder, `${NODE}-v1.1.0.notes.md`), "utf8");
  expect(notes).toContain("kairos-agent upgrade --source oci:");
  expect(notes).toContain(`### ${NODE}: \`v1.0.0\` → \`v1.1.0\``);

  git("tag", "v1.2.0-rc.1");
  const candidate = await call([...publish("v1.2.0-rc.1"), "--format=json"]);
  const references = JSON.parse(candidate.out).references as string[];
  expect(references.map((reference) => /:([^:@]+)@/.exec(reference)?.[1])).toEqual([
    "v1.2.0-rc.1",
    "24.04-core-amd64-generic-v1.2.0-rc.1",
    "rc",
  ]);
}, 1_200_000);
