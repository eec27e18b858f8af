import { afterEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { originRepository } from "./origin";
import { cleanUp, machine, runJob } from "./runner";

const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  cleanUp();
});

test("a step that is run in a workflow of GitHub's does not take part in that one", () => {
  const bin = mkdtempSync(join(tmpdir(), "hegemonikon-outer-"));
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
    return join(bin, name);
  };
  program("sudo", `echo "$*" >> "${bin}/removed"`);
  const outer = { RUNNER_ENVIRONMENT: "github-hosted", GITHUB_STEP_SUMMARY: join(bin, "outer"), GITHUB_REF: "outer" };
  Object.assign(process.env, outer, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "outer", PATH: `${bin}:${before.PATH}` });
  const origin = originRepository();
  const inputs = { node: "noos", arch: "amd64", medium: "iso", version: "v1.0.0", route: "live" };
  const on = machine({
    origin: origin.path,
    bin,
    // A job that may not ask for an identity has none to give.
    dagger: program("fake", `echo "$2 \${GITHUB_REF:-no ref} \${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-no identity}"`),
    token: "token",
    env: {},
    github: {
      sha: origin.git("rev-parse", "HEAD"),
      ref: "refs/heads/main",
      server_url: "https://github.com",
      repository: "someone/hegemonikon",
    },
  });
  const { result, steps } = runJob(on, "node.yaml", "node", { inputs: { ...inputs, upgrade: false, publish: false } });
  origin.remove();
  const said = (name: string) => steps.find((step) => step.name === name)?.said;
  expect([result, said("Room on the disk"), said("Build")]).toEqual([
    "success",
    "not a hosted runner: nothing removed\n",
    "build no ref no identity\n",
  ]);
  expect([existsSync(join(bin, "removed")), existsSync(join(bin, "outer"))]).toEqual([false, false]);
  rmSync(bin, { recursive: true, force: true });
});
