import { describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Contents, diff } from "../../../.dagger/src/plan/diff.js";
import { diffMarkdown } from "../../../.dagger/src/plan/diff-text.js";
import { releaseNotes } from "../../../.dagger/src/plan/release-notes.js";
import { releasedMedium } from "../../../.dagger/src/plan/release-plan.js";
import { environment } from "./environment";
import { fakeGithub } from "./gh";
import { root } from "./workflows";

const script = (name: string) => join(root, ".github/scripts", name);
const temporary = () => mkdtempSync(join(tmpdir(), "hegemonikon-scripts-"));

function ran(name: string, args: string[], cwd: string, env: Record<string, string> = {}, path = "") {
  const PATH = `${path}:${process.env.PATH}`;
  const done = spawnSync(script(name), args, { cwd, env: { ...environment(), ...env, PATH }, encoding: "utf8" });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** The folder of a node in a release, as the module makes it. */
function release(folder: string, node: string, given: Record<string, string>, text = `## ${node}\n`): void {
  const path = join(folder, "release", node);
  mkdirSync(path, { recursive: true });
  const stem = Object.keys(given)[0]?.replace(/\.iso$/, "");
  const files = { ...given, [`${stem}.notes.md`]: text };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  const sums = Object.entries(files).map(
    ([name, text]) => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`,
  );
  writeFileSync(join(path, "SHA256SUMS"), sums.join(""));
  writeFileSync(join(path, "SHA256SUMS.sigstore.json"), "{}");
}

/** The notes of a node whose packages were upgraded. */
function notes(node: string, packages: number): string {
  const at = (name: string, patch: number): Contents => ({
    name,
    version: name,
    revision: "",
    contentDigest: `sha256:${patch}`,
    packages: Array.from({ length: packages }, (_, i) => ({
      name: `package-of-${node}-${i}`,
      version: `${i}.${patch}.0-${patch}ubuntu2`,
      arch: "amd64",
    })),
    kernel: "6.14",
    entries: new Map(),
    sources: new Map(),
    sizes: {},
  });
  return releaseNotes({
    node,
    role: "A role",
    version: "v1.1.0",
    medium: releasedMedium(`${node}-v1.1.0.iso`, 1024),
    published: { repository: `ghcr.io/a/${node}`, digest: `sha256:${"1".repeat(64)}`, contentDigest: "sha256:2" },
    believed: "--key=cosign.pub",
    changes: { kind: "compared", text: diffMarkdown(diff(node, at("v1.0.0", 4), at("v1.1.0", 5))) },
    proof: undefined,
  });
}

/** Runs the steps of the release as release.yaml does; stops at the first that fails. */
function shown(github: ReturnType<typeof fakeGithub>, folder: string, tag: string, env: Record<string, string> = {}) {
  const all = { ...github.env, ...env };
  const draft = ran("github-draft.sh", [tag, "release"], folder, all, github.bin);
  return draft.code === 0 ? ran("github-show.sh", [tag], folder, all, github.bin) : draft;
}

const visible = (github: ReturnType<typeof fakeGithub>) =>
  Object.entries(github.releases()).flatMap(([tag, { draft }]) => (draft ? [] : [tag]));

describe("the GitHub release", () => {
  test("is a draft, then has its assets, then is visible", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.0.0.iso": "iso", "noos-v1.0.0.manifest.json": "{}" });
    release(folder, "protos", { "protos-v1.0.0.iso": "iso2" });
    const { code, err } = shown(github, folder, "v1.0.0");
    expect([err, code]).toEqual(["", 0]);
    expect(github.calls().map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "release view",
      "release create",
      "release list",
      "release edit",
    ]);
    expect(github.releases()["v1.0.0"]).toEqual({
      draft: false,
      prerelease: false,
      latest: true,
      notes: "## noos\n\n## protos\n\n",
      assets: [
        "noos-v1.0.0.SHA256SUMS",
        "noos-v1.0.0.SHA256SUMS.sigstore.json",
        "noos-v1.0.0.iso",
        "noos-v1.0.0.manifest.json",
        "noos-v1.0.0.notes.md",
        "protos-v1.0.0.SHA256SUMS",
        "protos-v1.0.0.SHA256SUMS.sigstore.json",
        "protos-v1.0.0.iso",
        "protos-v1.0.0.notes.md",
      ],
    });
  });

  test("has checksums that hold for what was downloaded, in one folder, under the names it was given there", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.0.0.iso": "iso", "noos-v1.0.0.manifest.json": "{}" });
    release(folder, "protos", { "protos-v1.0.0.iso": "iso2", "protos-v1.0.0.manifest.json": "{ }" });
    expect(shown(github, folder, "v1.0.0").code).toBe(0);
    const sums = ["noos", "protos"].map((node) => `${node}-v1.0.0.SHA256SUMS`);
    const downloads = join(github.asset("v1.0.0", ""), ".");
    execFileSync("sha256sum", ["--check", "--strict", "--quiet", ...sums], { cwd: downloads });
  });

  test("of a version with a plus sign has assets whose names all lack it", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.0.0-5.iso": "iso" });
    expect(shown(github, folder, "v1.0.0+5").code).toBe(0);
    expect(github.releases()["v1.0.0+5"]?.assets.filter((name) => !name.startsWith("noos-v1.0.0-5."))).toEqual([]);
  });

  test("with longer notes than GitHub takes has the longest ones as an asset alone, and says which", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    const nodes = { kairos: 20, noos: 800, protos: 900, thuroros: 700 };
    for (const [node, packages] of Object.entries(nodes)) {
      release(folder, node, { [`${node}-v1.1.0.iso`]: "iso" }, notes(node, packages));
    }
    const { code, err } = shown(github, folder, "v1.1.0");
    expect([err, code]).toEqual(["", 0]);
    const seen = github.releases()["v1.1.0"]?.notes ?? "";
    for (const node of Object.keys(nodes)) expect(seen).toContain(`oci:ghcr.io/a/${node}:v1.1.0`);
    const listed = Object.keys(nodes).filter((node) => seen.includes(`package-of-${node}-1 `));
    expect(listed).toEqual(["kairos", "noos", "thuroros"]);
    expect(seen).toContain(
      "### protos: `v1.0.0` → `v1.1.0`\n\nToo long for this page: what changed is in the asset `protos-v1.1.0.notes.md`.",
    );
    expect(readFileSync(github.asset("v1.1.0", "protos-v1.1.0.notes.md"), "utf8")).toBe(notes("protos", 900));
  });

  test("of so many nodes that not even the heads of their notes fit names their assets", () => {
    const folder = temporary();
    const nodes = Array.from({ length: 30 }, (_, i) => `node${i}`);
    for (const node of nodes) {
      mkdirSync(join(folder, node));
      const text = notes(node, 3).replace("A role.", "A role. ".repeat(600));
      writeFileSync(join(folder, node, `${node}-v1.1.0.notes.md`), text);
    }
    const { code, out } = ran("release-body.sh", ["."], folder);
    expect([code, out.length < 125_000]).toEqual([0, true]);
    expect(out.match(/^- `node\d+-v1\.1\.0\.notes\.md`$/gm)).toHaveLength(30);
  });

  test("of a version with a dash is a pre-release, and never the latest", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.0.0-rc.1.iso": "iso" });
    expect(shown(github, folder, "v1.0.0-rc.1").code).toBe(0);
    expect(github.releases()["v1.0.0-rc.1"]).toMatchObject({ draft: false, prerelease: true, latest: false });
  });

  test("of an older version is not the latest", () => {
    const github = fakeGithub();
    for (const tag of ["v1.9.0", "v1.10.0", "v1.9.1"]) {
      const folder = temporary();
      release(folder, "noos", { [`noos-${tag}.iso`]: "iso" });
      expect(shown(github, folder, tag).code).toBe(0);
    }
    const latest = Object.entries(github.releases()).flatMap(([tag, { latest }]) => (latest ? [tag] : []));
    expect(latest).toEqual(["v1.10.0"]);
  });

  test("that people see already is not touched", () => {
    const [github, folder, again] = [fakeGithub(), temporary(), temporary()];
    for (const one of [folder, again]) release(one, "noos", { "noos-v1.0.0.iso": "iso" });
    expect(shown(github, folder, "v1.0.0").code).toBe(0);
    const before = github.releases();
    const { code, err } = shown(github, again, "v1.0.0");
    expect([code, err]).toEqual([0, ""]);
    expect(github.releases()).toEqual(before);
    const other = temporary();
    release(other, "protos", { "protos-v1.0.0.iso": "iso" });
    const lacking = shown(github, other, "v1.0.0");
    expect(lacking.code).toBe(1);
    expect(lacking.err).toMatch(
      /v1\.0\.0 is released already and keeps its assets; it lacks: protos-v1\.0\.0\.SHA256SUMS protos/,
    );
    expect(github.releases()).toEqual(before);
  });

  test("is made in one call: GitHub may not find it by its tag a moment later", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.0.0.iso": "iso" });
    const { code, err } = shown(github, folder, "v1.0.0", { GH_LAG: "1" });
    expect([code, err, visible(github)]).toEqual([0, "", ["v1.0.0"]]);
  });

  test("that is rolled back as the documentation says keeps its text, below the reason", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.2.3.iso": "iso" });
    expect(shown(github, folder, "v1.2.3").code).toBe(0);
    const docs = readFileSync(join(root, "docs/release.md"), "utf8");
    const [, lines = "exit 99"] = /```sh\n((?:(?!```)[\s\S])*gh release edit[\s\S]*?)```/.exec(docs) ?? [];
    writeFileSync(join(folder, "why.md"), "It loses rings.\n");
    const env = { ...environment(), ...github.env, PATH: `${github.bin}:${process.env.PATH}` };
    const done = spawnSync("bash", ["-e", "-c", lines], { cwd: folder, env, encoding: "utf8" });
    expect([done.status, done.stderr]).toEqual([0, ""]);
    const seen = github.releases()["v1.2.3"];
    expect(seen).toMatchObject({ draft: false, prerelease: true, latest: false });
    expect(seen?.notes).toMatch(/^It loses rings\.\n\n## noos\n/);
  });

  test("with a damaged file does not begin", () => {
    const [github, folder] = [fakeGithub(), temporary()];
    release(folder, "noos", { "noos-v1.0.0.iso": "iso" });
    writeFileSync(join(folder, "release/noos/noos-v1.0.0.iso"), "other");
    expect(shown(github, folder, "v1.0.0").code).toBe(1);
    expect(github.calls()).toEqual([]);
  });

  test("that fails at any call shows nothing, and is finished by running it again", () => {
    for (const call of ["release view", "release create", "release upload", "release list", "release edit"]) {
      const [github, folder, again] = [fakeGithub(), temporary(), temporary()];
      for (const one of [folder, again]) release(one, "noos", { "noos-v1.0.0.iso": "iso" });
      const failed = shown(github, folder, "v1.0.0", { GH_FAIL: `^${call}` });
      expect([call, failed.code, visible(github)]).toEqual([call, 1, []]);
      expect([call, shown(github, again, "v1.0.0").err, visible(github)]).toEqual([call, "", ["v1.0.0"]]);
    }
  });

  test("is not deleted because GitHub did not answer", () => {
    const [github, folder, again] = [fakeGithub(), temporary(), temporary()];
    for (const one of [folder, again]) release(one, "noos", { "noos-v1.0.0.iso": "iso" });
    expect(shown(github, folder, "v1.0.0").code).toBe(0);
    const failed = shown(github, again, "v1.0.0", { GH_FAIL: "^release view" });
    expect(failed.err).toContain("cannot see whether v1.0.0 is released: HTTP 502");
    expect(visible(github)).toEqual(["v1.0.0"]);
  });
});

describe("the revision to compare with", () => {
  test("is the one that is there, or none, which means that everything changed", () => {
    const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
    expect(ran("since.sh", [head], root).out).toBe(`since=${head}\n`);
    for (const gone of ["", "0".repeat(40), "1".repeat(40), "no-such-branch"]) {
      const { code, out, err } = ran("since.sh", [gone], root);
      expect([code, out]).toEqual([0, `since=${"0".repeat(40)}\n`]);
      expect(err).toStartWith("::notice::");
    }
  });
});

describe("whether publishing itself changed", () => {
  test("is asked of its code, its tools' versions and its tests", () => {
    const folder = temporary();
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
        cwd: folder,
        encoding: "utf8",
      }).trim();
    const commit = (path: string, text: string) => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
      git("add", ".");
      git("commit", "--quiet", `--message=${path}`);
    };
    git("init", "--quiet");
    commit("sources.yaml", "cosign: v3.0.2\n");
    const changed = (path: string) => {
      const before = git("rev-parse", "HEAD");
      commit(path, "changed\n");
      return ran("publishing.sh", [before], folder).out;
    };
    for (const path of ["README.md", "nodes/noos/node.yaml", ".dagger/src/media/iso.ts"])
      expect([path, changed(path)]).toEqual([path, "publishing=false\n"]);
    for (const path of ["sources.yaml", ".dagger/src/publish/signing.ts", ".dagger/src/plan/release-failure.ts"])
      expect([path, changed(path)]).toEqual([path, "publishing=true\n"]);
    expect(ran("publishing.sh", ["0".repeat(40)], folder)).toEqual({ code: 0, out: "publishing=true\n", err: "" });
  });
});

describe("sources that are not pinned", () => {
  const report = (folder: string, problems: object[]) =>
    writeFileSync(join(folder, "problems.json"), JSON.stringify({ problems }));
  const unpinned = { file: "sources.yaml", span: { line: 18 }, rule: "sources/pinned", message: "syft is not pinned" };

  test("are named with what to do, and stop a release alone", () => {
    const folder = temporary();
    const summary = join(folder, "summary");
    report(folder, [unpinned, { ...unpinned, rule: "other" }]);
    const ci = ran("pinned.sh", ["problems.json"], folder, { GITHUB_STEP_SUMMARY: summary });
    expect([ci.code, ci.out]).toEqual([0, "false\n"]);
    expect(ci.err).toBe(
      "::warning file=sources.yaml,line=18::syft is not pinned, so nothing is published: merge the pull request of the " +
        "workflow Lock (where there is none: Actions, Lock, Run workflow), or run: dagger call lock export --path=sources.yaml\n",
    );
    expect(readFileSync(summary, "utf8")).toContain("dagger call lock export --path=sources.yaml");
    const release = ran("pinned.sh", ["--required", "problems.json"], folder);
    expect([release.code, release.err.startsWith("::error file=sources.yaml")]).toEqual([1, true]);
  });

  test("are none: true, and silence", () => {
    const folder = temporary();
    report(folder, [{ ...unpinned, rule: "other" }]);
    expect(ran("pinned.sh", ["--required", "problems.json"], folder)).toEqual({ code: 0, out: "true\n", err: "" });
  });
});

describe("the pull request with digests", () => {
  /** A clone of a repository with a sources.yaml, both in a folder that is thrown away. */
  function cloned() {
    const folder = temporary();
    const git = (cwd: string, ...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd, encoding: "utf8" }).trim();
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git");
    git(folder, "clone", "--quiet", "origin.git", "clone");
    const clone = join(folder, "clone");
    git(clone, "switch", "--quiet", "--create", "main");
    writeFileSync(join(clone, "sources.yaml"), "a: 1\n");
    git(clone, "add", ".");
    git(clone, "commit", "--quiet", "--message=one");
    git(clone, "push", "--quiet", "origin", "main");
    git(clone, "checkout", "--quiet", "--detach");
    return { clone, git: (...args: string[]) => git(join(folder, "origin.git"), ...args) };
  }

  test("is opened with the file alone, and brought up to date where it is open", () => {
    const github = fakeGithub();
    const { clone, git } = cloned();
    writeFileSync(join(clone, "sources.yaml"), "a: 1\ndigest: x\n");
    writeFileSync(join(clone, "other"), "x");
    const first = ran("lock-request.sh", ["main", "false"], clone, github.env, github.bin);
    expect([first.code, first.err]).toEqual([0, first.err]);
    expect(git("show", "--stat", "--format=", "lock/main")).toMatch(/^sources.yaml \| 1 \+\n 1 file changed/);
    expect(github.pulls().map(({ head, base }) => [head, base])).toEqual([["lock/main", "main"]]);
    execFileSync("git", ["checkout", "--quiet", "--detach", "origin/main"], { cwd: clone });
    execFileSync("git", ["branch", "--quiet", "-D", "lock/main"], { cwd: clone });
    writeFileSync(join(clone, "sources.yaml"), "a: 1\ndigest: y\n");
    expect(ran("lock-request.sh", ["main", "false"], clone, github.env, github.bin).code).toBe(0);
    expect(git("show", "lock/main:sources.yaml")).toBe("a: 1\ndigest: y");
    expect(github.pulls()).toHaveLength(1);
  });

  test("is not opened where nothing changed", () => {
    const github = fakeGithub();
    const { clone } = cloned();
    const { code, out } = ran("lock-request.sh", ["main", "false"], clone, github.env, github.bin);
    expect([code, out, github.calls()]).toEqual([0, "every source has its digest: nothing to do\n", []]);
  });

  test("with a newer snapshot has a branch and a title of its own, which a run for digests leaves alone", () => {
    const github = fakeGithub();
    const { clone, git } = cloned();
    const request = (text: string, snapshots: string) => {
      execFileSync("git", ["checkout", "--quiet", "--detach", "origin/main"], { cwd: clone });
      writeFileSync(join(clone, "sources.yaml"), text);
      return ran("lock-request.sh", ["main", snapshots], clone, github.env, github.bin).code;
    };
    expect(request("a: 1\nmoment: new\n", "true")).toBe(0);
    expect(request("a: 1\ndigest: x\n", "false")).toBe(0);
    expect(git("show", "lock-snapshots/main:sources.yaml")).toBe("a: 1\nmoment: new");
    expect(git("show", "lock/main:sources.yaml")).toBe("a: 1\ndigest: x");
    expect(github.pulls().map(({ head, title }) => [head, title])).toEqual([
      ["lock-snapshots/main", "A newer apt snapshot, and digests of sources.yaml"],
      ["lock/main", "Digests of sources.yaml"],
    ]);
    expect(github.pulls().map(({ body }) => body.includes("packages move"))).toEqual([true, false]);
    expect(request("a: 3\n", "yes")).toBe(64);
  });

  test("that the repository forbids is left as a branch, with its address", () => {
    const github = fakeGithub();
    const { clone, git } = cloned();
    writeFileSync(join(clone, "sources.yaml"), "b: 2\n");
    const summary = join(clone, "../summary");
    const env = { ...github.env, GH_FAIL: "^pr create", GITHUB_STEP_SUMMARY: summary };
    const { code, out } = ran("lock-request.sh", ["main", "false"], clone, env, github.bin);
    expect([code, git("rev-parse", "--verify", "--quiet", "lock/main").length]).toEqual([0, 40]);
    const url = "https://github.com/someone/hegemonikon/compare/main...lock/main?expand=1";
    expect(out).toContain(`open the pull request at ${url}`);
    expect(readFileSync(summary, "utf8")).toContain(url);
  });
});

test("the table of what was published has a row a node with its tags", () => {
  const folder = temporary();
  const published = [{ node: "noos", version: "v1.0.0", digest: "sha256:1", references: ["r/noos:v1.0.0@sha256:1"] }];
  writeFileSync(join(folder, "published.json"), JSON.stringify({ published }));
  const { out } = ran("published.sh", ["published.json"], folder);
  expect(out.split("\n")[2]).toBe("| noos | v1.0.0 | `sha256:1` | `r/noos:v1.0.0` |");
});

describe("the summary", () => {
  const summary = (folder: string) =>
    spawnSync(script("summary.sh"), ["dist", "published.json", "proof", "upgrade"], {
      cwd: folder,
      env: { ...environment(), NODE: "noos" },
      encoding: "utf8",
    });

  test("says what a proof does not show", () => {
    const folder = mkdtempSync(join(tmpdir(), "hegemonikon-summary-"));
    mkdirSync(join(folder, "proof/1-live"), { recursive: true });
    writeFileSync(join(folder, "proof/1-live/role.tap"), "1..2\nok 1 - a\nok 2 - b # SKIP no model\n");
    expect(summary(folder).stdout).toContain("| 1 of 2, 1 not shown |");
  });

  test("has sizes, proofs and references, and nothing where there is nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "hegemonikon-summary-"));
    mkdirSync(join(folder, "dist"));
    mkdirSync(join(folder, "proof/live"), { recursive: true });
    const none = summary(folder);
    expect(none.status).toBe(0);
    expect(none.stdout).toContain("| noos |  |  | no proof | `none` | `no` |");
    const artefacts = [{ name: "noos-v1.0.0.oci.tar", bytes: 4096 }];
    const manifest = { contentDigest: "sha256:1", sizes: { medium: 2048 }, artefacts };
    writeFileSync(join(folder, "dist/manifest.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, "proof/live/role.tap"), "TAP version 13\n1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c\n");
    mkdirSync(join(folder, "proof/3-installed"));
    writeFileSync(join(folder, "proof/3-installed/role.tap"), "1..1\nok 1 - a\n");
    writeFileSync(join(folder, "published.json"), '{"references":["r/noos:v1.0.0@sha256:2"]}');
    expect(summary(folder).stdout).toContain(
      "| noos | 4.0KiB | 2.0KiB | 3 of 4 | `sha256:1` | `r/noos:v1.0.0@sha256:2` |",
    );
  });
});

test("a hosted runner's engine keeps what the launcher's own keeps: the figures stand in one file", () => {
  const [home, bin] = [temporary(), temporary()];
  writeFileSync(join(bin, "sudo"), '#!/bin/sh\necho "$*" >> "$HOME/removed"\n', { mode: 0o755 });
  const env = {
    RUNNER_ENVIRONMENT: "github-hosted",
    HOME: home,
    XDG_CONFIG_HOME: "",
    PATH: `${bin}:${process.env.PATH}`,
  };
  expect(spawnSync(script("free-disk.sh"), [], { env, encoding: "utf8" }).status).toBe(0);
  expect(readFileSync(join(home, "removed"), "utf8")).toContain("/usr/share/dotnet");
  const { gc } = JSON.parse(readFileSync(join(home, ".config/dagger/engine.json"), "utf8"));
  expect(gc).toEqual(JSON.parse(readFileSync(join(root, "local/engine/gc.json"), "utf8")));
  expect(Object.keys(gc)).toEqual(["reservedSpace", "maxUsedSpace", "minFreeSpace"]);
  // What the launcher's engine is started with, by the line of its own script.
  const [line = "exit 99"] = /^gc=.*$/m.exec(readFileSync(join(root, "local/engine/up"), "utf8")) ?? [];
  const here = join(root, "local/engine");
  const said = execFileSync("sh", ["-c", `${line}; echo "{$gc}"`], { env: { ...env, here }, encoding: "utf8" });
  expect(JSON.parse(said)).toEqual({ gc });
});

test("the runner's disk is not touched on another machine", () => {
  const env = { PATH: process.env.PATH ?? "" };
  const done = spawnSync(script("free-disk.sh"), [], { env, encoding: "utf8" });
  expect([done.status, done.stdout]).toEqual([0, "not a hosted runner: nothing removed\n"]);
});
