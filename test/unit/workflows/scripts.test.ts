import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./workflows";

const script = (name: string) => join(root, ".github/scripts", name);

/** A folder with a `gh` first in PATH that notes its calls, and says of the tag's release what it is told to. */
function github(view: string) {
  const folder = mkdtempSync(join(tmpdir(), "hegemonikon-gh-"));
  writeFileSync(
    join(folder, "gh"),
    `#!/bin/sh\necho "$*" >> "${folder}/calls"\n[ "$2" = view ] || exit 0\n[ "${view}" = none ] && exit 1\necho ${view}\n`,
  );
  chmodSync(join(folder, "gh"), 0o755);
  return folder;
}

function release(folder: string, node: string, files: Record<string, string>): void {
  const path = join(folder, "release", node);
  mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  const sums = Object.entries(files).map(
    ([name, text]) => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`,
  );
  writeFileSync(join(path, "SHA256SUMS"), sums.join(""));
}

function run(folder: string, tag: string) {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const done = spawnSync(script("github-release.sh"), [tag, "release"], { cwd: folder, env, encoding: "utf8" });
  let calls: string[] = [];
  try {
    calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  } catch {
    // Nothing was called.
  }
  return { code: done.status, stderr: done.stderr, calls };
}

describe("the GitHub release", () => {
  test("is a draft, then has its assets, then is visible", () => {
    const folder = github("none");
    release(folder, "noos", { "noos-v1.0.0.iso": "iso", "manifest.json": "{}", "notes.md": "## noos\n" });
    release(folder, "protos", { "protos-v1.0.0.iso": "iso2", "notes.md": "## protos\n" });
    const { code, calls, stderr } = run(folder, "v1.0.0");
    expect([stderr, code]).toEqual(["", 0]);
    expect(calls.map((call) => call.split(" ")[1])).toEqual(["view", "delete", "create", "upload", "edit"]);
    expect(calls[2]).toContain("--draft --verify-tag");
    expect(calls[2]).not.toContain("--prerelease");
    expect(
      calls[3]
        ?.split(" ")
        .slice(3)
        .map((path) => path.split("/").at(-1)),
    ).toEqual(["noos-SHA256SUMS", "noos-manifest.json", "noos-v1.0.0.iso", "protos-SHA256SUMS", "protos-v1.0.0.iso"]);
    expect(calls[4]).toBe("release edit v1.0.0 --draft=false");
  });

  test("of a version with a dash is a pre-release", () => {
    const folder = github("true");
    release(folder, "noos", { "noos-v1.0.0-rc.1.iso": "iso", "notes.md": "" });
    expect(run(folder, "v1.0.0-rc.1").calls[2]).toContain("--prerelease");
  });

  test("that people see already is not touched", () => {
    const folder = github("false");
    release(folder, "noos", { "noos-v1.0.0.iso": "iso", "notes.md": "" });
    const { code, calls, stderr } = run(folder, "v1.0.0");
    expect(code).toBe(1);
    expect(stderr).toContain("v1.0.0 is released already");
    expect(calls).toHaveLength(1);
  });

  test("with a damaged file does not begin", () => {
    const folder = github("none");
    release(folder, "noos", { "noos-v1.0.0.iso": "iso", "notes.md": "" });
    writeFileSync(join(folder, "release/noos/noos-v1.0.0.iso"), "other");
    expect(run(folder, "v1.0.0")).toMatchObject({ code: 1, calls: [] });
  });
});

describe("the summary", () => {
  const summary = (folder: string) =>
    spawnSync(script("summary.sh"), ["dist", "proof", "published.json"], {
      cwd: folder,
      env: { ...process.env, NODE: "noos" },
      encoding: "utf8",
    });

  test("has sizes, proofs and references, and nothing where there is nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "hegemonikon-summary-"));
    mkdirSync(join(folder, "dist"));
    mkdirSync(join(folder, "proof/live"), { recursive: true });
    const none = summary(folder);
    expect(none.status).toBe(0);
    expect(none.stdout).toContain("| noos |  |  | no proof | `none` | `no` |");
    writeFileSync(join(folder, "dist/noos-v1.0.0.iso"), "x".repeat(2048));
    writeFileSync(join(folder, "dist/manifest.json"), '{"contentDigest":"sha256:1"}');
    writeFileSync(join(folder, "proof/live/role.tap"), "TAP version 13\n1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c\n");
    writeFileSync(join(folder, "published.json"), '{"references":["r/noos:v1.0.0@sha256:2"]}');
    expect(summary(folder).stdout).toContain("| noos |  | 2.0KiB | 2 of 3 | `sha256:1` | `r/noos:v1.0.0@sha256:2` |");
  });
});

test("the runner's disk is not touched on another machine", () => {
  const env = { PATH: process.env.PATH ?? "" };
  const done = spawnSync(script("free-disk.sh"), [], { env, encoding: "utf8" });
  expect([done.status, done.stdout]).toEqual([0, "not a hosted runner: nothing removed\n"]);
});
