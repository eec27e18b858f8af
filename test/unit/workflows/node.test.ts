import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unprovenText } from "../../../.dagger/src/plan/release-failure.js";
import { fakeGithub } from "./gh";
import { type Origin, originRepository } from "./origin";
import { artifactRoot, cleanUp, type Machine, machine, type RanJob, runJob } from "./runner";

// What a job does when something fails, from the YAML, with a `dagger` that notes its calls and fails where it is told to.
// With the real module the same jobs run in test/full/publish.

let origin: Origin;
beforeAll(() => {
  origin = originRepository();
});
afterEach(cleanUp);
afterAll(() => origin.remove());

/** A call that exports leaves a folder with a proof; a release leaves more. */
const FAKE = `#!/bin/bash
echo "$*" >> "$CALLS"
[[ " $* " != *" $FAILING "* || "$*" = *--even-failed* ]] || { echo "Error: $SAYING" >&2; exit 1; }
for word; do case $word in
    --path=release) mkdir -p release/noos/proof && echo "ok 1 - a" > release/noos/proof/role.tap
        echo '{"repository":"r/noos","digest":"sha256:1"}' > release/noos/noos-v1.0.0.image.json
        echo "## noos" > release/noos/noos-v1.0.0.notes.md ;;
    --path=*) mkdir -p "\${word#--path=}" && echo "ok 1 - a" > "\${word#--path=}/role.tap" ;;
esac; done
`;

type Failing = { call?: string; saying?: string };

/** Runs a job on a machine whose `dagger` notes its calls; one of them may fail. */
function ran({ call = "", saying = "it failed" }: Failing, run: (on: Machine) => RanJob, gh = fakeGithub()) {
  const program = join(gh.bin, "fake-dagger");
  writeFileSync(program, FAKE);
  chmodSync(program, 0o755);
  const on = machine({
    origin: origin.path,
    bin: gh.bin,
    dagger: program,
    token: "token",
    env: { ...gh.env, FAILING: call || "nothing", SAYING: saying, CALLS: join(gh.bin, "calls") },
    github: {
      sha: origin.git("rev-parse", "HEAD"),
      ref: "refs/heads/main",
      repository: "Someone/Hegemonikon",
      server_url: "https://github.com",
      actor: "someone",
      ref_name: "main",
    },
  });
  const job = run(on);
  const calls = existsSync(join(gh.bin, "calls")) ? readFileSync(join(gh.bin, "calls"), "utf8") : "";
  const verbs = calls
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ")[1] + (line.includes("--even-failed") ? " even failed" : ""));
  return { ran: job, verbs, calls, artifacts: on.artifacts };
}

/** Runs node.yaml as a workflow that calls it does; `failing` is the function that fails. */
function node(given: Record<string, unknown>, failing: string) {
  const inputs = { node: "noos", arch: "amd64", medium: "iso", version: "v1.0.0", route: "live", publish: true };
  const contexts = {
    inputs: { ...inputs, upgrade: false, ...given } as never,
    permissions: { packages: "write", "id-token": "write" },
  };
  return ran({ call: failing }, (on) => runJob(on, "node.yaml", "node", contexts));
}

const code = (ran: RanJob, name: string) => ran.steps.find((step) => step.name === name)?.code;

describe("a node's job", () => {
  test("builds, boots and publishes what was built", () => {
    const { ran, verbs, calls } = node({}, "");
    expect([ran.result, verbs]).toEqual(["success", ["build", "boot", "publish"]]);
    expect(calls).toMatch(/--registry=ghcr\.io\/someone\/hegemonikon --username=someone --password=env:\/\/TOKEN /);
    expect(calls).toContain(`--revision=${origin.git("rev-parse", "HEAD")}`);
  });

  test("is no failure where its media find no room: it is published by then", () => {
    const inputs = {
      node: "noos",
      arch: "amd64",
      medium: "iso",
      version: "v1.0.0",
      route: "live",
      publish: true,
      upgrade: false,
    };
    const { ran: job, verbs } = ran({}, (on) => {
      writeFileSync(join(on.artifacts, "noos-media"), "in the way");
      return runJob(on, "node.yaml", "node", { inputs });
    });
    expect([job.steps.at(-1)?.code, job.result, verbs.at(-1)]).toEqual([1, "success", "publish"]);
  });

  test("publishes nothing after a boot that failed, and keeps what that boot left", () => {
    const { ran, verbs, artifacts } = node({}, "boot");
    expect([ran.result, verbs]).toEqual(["failure", ["build", "boot", "boot even failed"]]);
    expect([code(ran, "Publish"), code(ran, "Summary")]).toEqual(["skipped", 0]);
    expect(existsSync(join(artifacts, "noos-proof/proof/role.tap"))).toBe(true);
    expect(ran.summary).toContain("| noos |");
  });

  test("takes an emulated boot that failed as information, on an architecture without KVM", () => {
    const { ran, verbs } = node({ arch: "arm64", medium: "raw" }, "boot");
    expect([ran.result, verbs]).toEqual(["success", ["build", "boot", "boot even failed", "publish"]]);
  });

  test("tests a BIOS and upgrades where it is told to and there is a medium to install from", () => {
    const whole = node({ upgrade: true, publish: false }, "");
    expect(whole.verbs).toEqual(["build", "boot", "boot", "upgrade-test"]);
    expect(whole.calls.match(/--firmware=bios/g)).toHaveLength(1);
    expect(node({ upgrade: true, publish: false, medium: "raw" }, "").verbs).toEqual(["build", "boot"]);
    const { ran, verbs, artifacts } = node({ upgrade: true }, "upgrade-test");
    expect([ran.result, verbs.slice(3)]).toEqual(["failure", ["upgrade-test", "upgrade-test even failed"]]);
    expect(existsSync(join(artifacts, "noos-proof/upgrade/role.tap"))).toBe(true);
  });

  test("keeps what a boot with a BIOS that failed left, and upgrades all the same; where no boot succeeds it does not", () => {
    const bios = node({ upgrade: true }, "--firmware=bios");
    expect([bios.ran.result, bios.verbs]).toEqual([
      "failure",
      ["build", "boot", "boot", "upgrade-test", "boot even failed"],
    ]);
    expect(bios.calls).toMatch(/--firmware=bios --even-failed export --path=bios$/m);
    expect(existsSync(join(bios.artifacts, "noos-proof/bios/role.tap"))).toBe(true);
    expect(code(bios.ran, "Publish")).toBe("skipped");
    expect(node({ upgrade: true }, "boot").verbs).toEqual(["build", "boot", "boot even failed"]);
  });

  test("boots nothing that was not built", () => {
    const { ran, verbs } = node({}, "build");
    expect([ran.result, verbs, code(ran, "Summary")]).toEqual(["failure", ["build"], 0]);
  });
});

describe("a node's job of a release", () => {
  const release = (failing: Failing) =>
    ran(failing, (on) => runJob(on, "release.yaml", "node", { matrix: { node: "noos", arch: "amd64" } }));

  test("shows its size, its proof and its image, and keeps the proof", () => {
    const { ran, verbs, artifacts } = release({});
    expect([ran.result, verbs]).toEqual(["success", ["release"]]);
    expect(ran.summary).toContain("| noos |  |  | 1 of 1 | `none` | `r/noos@sha256:1` |\n## noos\n");
    for (const path of ["noos-proof/release/noos/proof/role.tap", "release-noos/noos/proof/role.tap"]) {
      expect([path, existsSync(join(artifacts, path))]).toEqual([path, true]);
    }
  });

  test("keeps what the boot that failed left, whichever attempt that was", () => {
    const saying = unprovenText({ node: "noos", version: "v1.0.0", attempt: 764_000_002 }, "no role");
    const { ran, verbs, calls, artifacts } = release({ call: "release", saying });
    expect([ran.result, verbs]).toEqual(["failure", ["release", "boot even failed"]]);
    expect(calls).toMatch(/ boot --node=noos --version=main --even-failed --attempt=764000002 export --path=proof$/m);
    expect(ran.summary).toContain("| noos |  |  | 1 of 1 | `none` | `no` |");
    expect(existsSync(join(artifacts, "noos-proof/proof/role.tap"))).toBe(true);
    expect(existsSync(join(artifacts, "release-noos"))).toBe(false);
  });

  test("boots nothing where something else failed: a refusal says so at once", () => {
    const { ran, verbs } = release({ call: "release", saying: "release: 2 things are not right" });
    expect([ran.result, verbs]).toEqual(["failure", ["release"]]);
  });
});

describe("a release that people see already", () => {
  const nodes = (draft?: boolean) => {
    const gh = fakeGithub();
    mkdirSync(gh.env.GH_STATE);
    const seen = { draft, prerelease: false, latest: false, notes: "", assets: [] };
    const releases = draft === undefined ? {} : { main: seen };
    writeFileSync(join(gh.env.GH_STATE, "releases.json"), JSON.stringify(releases));
    return ran({}, (on) => runJob(on, "release.yaml", "nodes"), gh);
  };

  test("ends the run in its first minute: nothing is built for it", () => {
    const { ran, verbs } = nodes(false);
    expect([ran.result, code(ran, "Not shown yet"), verbs]).toEqual(["failure", 1, []]);
    const said = ran.steps.find(({ name }) => name === "Not shown yet")?.said;
    expect(said).toContain("::error::main has a GitHub release that people see");
  });

  test("is none where there is none, or a draft", () => {
    for (const { ran, verbs } of [nodes(), nodes(true)]) {
      expect([code(ran, "Not shown yet"), verbs.includes("check")]).toEqual([0, true]);
    }
  });
});

test("an artefact's root is what its paths have in common, as the real action has it", () => {
  const workspace = origin.clone;
  expect(artifactRoot(["dist/*.iso", "dist/*.raw.zst", "dist/SHA256SUMS"], workspace)).toBe("dist");
  expect(artifactRoot(["proof", "upgrade", "dist/manifest.json"], workspace)).toBe("");
  expect(artifactRoot(["release/"], workspace)).toBe("release");
  expect(artifactRoot(["docs/scale.md"], workspace)).toBe("docs");
});
