import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeGithub } from "./gh";
import { type Origin, originRepository } from "./origin";
import { cleanUp, machine, type RanJob, runJob } from "./runner";

// What a job does when something fails, from the YAML, with a `dagger` that notes its calls and fails where it is told to.
// With the real module the same jobs run in test/full/publish.

let origin: Origin;
beforeAll(() => {
  origin = originRepository();
});
afterEach(cleanUp);
afterAll(() => origin.remove());

/** Runs node.yaml as a workflow that calls it does; `failing` is the function that fails. */
function node(inputs: Record<string, unknown>, failing: string, github: Record<string, string> = {}) {
  const gh = fakeGithub();
  const program = join(gh.bin, "fake-dagger");
  // A call that exports leaves a folder with a proof.
  writeFileSync(
    program,
    `#!/bin/bash
echo "$*" >> "${gh.bin}/dagger-calls"
[[ "$2" != "$FAILING" || "$*" = *--even-failed* ]] || { echo "Error: it failed" >&2; exit 1; }
for word; do case $word in --path=*) mkdir -p "\${word#--path=}" && echo "ok 1 - a" > "\${word#--path=}/role.tap" ;; esac; done
`,
  );
  chmodSync(program, 0o755);
  const on = machine({
    origin: origin.path,
    bin: gh.bin,
    dagger: program,
    token: "token",
    env: { FAILING: failing },
    github: {
      sha: origin.git("rev-parse", "HEAD"),
      ref: "refs/heads/main",
      repository: "Someone/Hegemonikon",
      server_url: "https://github.com",
      actor: "someone",
      ref_name: "main",
      ...github,
    },
  });
  const given = {
    node: "noos",
    arch: "amd64",
    medium: "iso",
    version: "v1.0.0",
    route: "live",
    publish: true,
    ...inputs,
  };
  const all = { upgrade: false, ...given } as never;
  const ran = runJob(on, "node.yaml", "node", { inputs: all, permissions: { packages: "write", "id-token": "write" } });
  const calls = existsSync(join(gh.bin, "dagger-calls")) ? readFileSync(join(gh.bin, "dagger-calls"), "utf8") : "";
  const verbs = calls
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[1] + (line.includes("--even-failed") ? " even failed" : ""));
  return { ran, verbs, calls, artifacts: on.artifacts };
}

const code = (ran: RanJob, name: string) => ran.steps.find((step) => step.name === name)?.code;

describe("a node's job", () => {
  test("builds, boots and publishes what was built", () => {
    const { ran, verbs, calls } = node({}, "");
    expect([ran.result, verbs]).toEqual(["success", ["build", "boot", "publish"]]);
    expect(calls).toMatch(/--registry=ghcr\.io\/someone\/hegemonikon --username=someone --password=env:(\/\/)?TOKEN/);
    expect(calls).toContain(`--revision=${origin.git("rev-parse", "HEAD")}`);
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

  test("boots nothing that was not built", () => {
    const { ran, verbs } = node({}, "build");
    expect([ran.result, verbs, code(ran, "Summary")]).toEqual(["failure", ["build"], 0]);
  });
});
