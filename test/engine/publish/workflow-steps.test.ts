import { beforeAll, describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, workflows } from "../../unit/workflows/workflows";

// The steps of the workflows, one by one, as GitHub would run them: the commands are taken out of the YAML, `dagger call`
// is the module on this machine's engine. Building, booting and publishing a node have tests of their own.

let bin: string;
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), "hegemonikon-bin-"));
  const call = `"${root}/node_modules/.bin/bun" "${root}/local/call.ts" -s`;
  writeFileSync(
    join(bin, "dagger"),
    `#!/bin/sh\n[ "$1" = call ] || exit 64\nshift\ncd "${root}" && exec ${call} "$@"\n`,
  );
  chmodSync(join(bin, "dagger"), 0o755);
});

/** Runs the steps of a job that are commands, in one folder, with the variables that GitHub sets. */
function runJob(file: string, job: string, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "hegemonikon-job-"));
  const paths = { GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "summary") };
  const steps = workflows().find((workflow) => workflow.file === file)?.jobs[job]?.steps ?? [];
  const ran = steps.flatMap((step) => {
    if (!step.run) return [];
    const done = spawnSync("bash", ["-e", "-o", "pipefail", "-c", step.run], {
      cwd: folder,
      env: { ...process.env, ...paths, ...env, PATH: `${bin}:${process.env.PATH}` },
      encoding: "utf8",
    });
    return [{ name: step.name ?? step.id ?? "", code: done.status, said: `${done.stdout}${done.stderr}` }];
  });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  return { ran, read };
}

describe("CI", () => {
  test("check: writes the problems as SARIF and passes this repository", () => {
    const { ran, read } = runJob("ci.yaml", "check");
    expect(ran.map(({ name, code }) => [name, code])).toEqual([
      ["Problems as annotations", 0],
      ["Check", 0],
    ]);
    expect(JSON.parse(read("problems.sarif"))).toMatchObject({ version: "2.1.0" });
  });

  test("affected: the matrix is a list of nodes with architecture and medium, the summary says why", () => {
    const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
    const first = execFileSync("git", ["rev-list", "--max-parents=0", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
    const { ran, read } = runJob("ci.yaml", "affected", { SINCE: first });
    expect(ran.map(({ code, said }) => [code, said])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    const nodes = JSON.parse(/^nodes=(.*)$/m.exec(read("output"))?.[1] ?? "") as { node: string }[];
    expect(nodes).toContainEqual({ node: "noos", arch: "amd64", medium: "iso" } as never);
    expect(nodes).toContainEqual({ node: "thuroros", arch: "arm64", medium: "raw" } as never);
    expect(read("summary")).toContain("noos (amd64, iso)");
    const unknown = runJob("ci.yaml", "affected", { SINCE: head.replace(/^./, (c) => (c === "0" ? "1" : "0")) });
    expect(unknown.ran[0]?.code).not.toBe(0);
  });
});

describe("nightly and release", () => {
  test("nodes: the matrix is every node", () => {
    for (const file of ["nightly.yaml", "release.yaml"]) {
      const { ran, read } = runJob(file, "nodes");
      expect(ran.filter(({ code }) => code !== 0)).toEqual([]);
      const nodes = JSON.parse(/^nodes=(.*)$/m.exec(read("output"))?.[1] ?? "") as { node: string }[];
      expect(nodes.map(({ node }) => node).sort()).toEqual(["kairos", "noos", "protos", "thuroros"]);
    }
  });
});
