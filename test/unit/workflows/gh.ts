import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./workflows";

export type SeenRelease = { draft: boolean; prerelease: boolean; latest: boolean; notes: string; assets: string[] };

/** A `gh` for PATH with a folder in place of GitHub (test/fixtures/github/gh.ts), and what a person would see there. */
export function fakeGithub() {
  const bin = mkdtempSync(join(tmpdir(), "hegemonikon-gh-"));
  const state = join(bin, "state");
  writeFileSync(join(bin, "gh"), `#!/bin/sh\nexec "${process.execPath}" "${root}/test/fixtures/github/gh.ts" "$@"\n`);
  chmodSync(join(bin, "gh"), 0o755);
  const read = (name: string, otherwise: string) =>
    existsSync(join(state, name)) ? readFileSync(join(state, name), "utf8") : otherwise;
  return {
    bin,
    /** Set GH_FAIL to a pattern of calls that fail. */
    env: { GH_STATE: state, GH_TOKEN: "token", GH_REPO: "someone/hegemonikon" },
    calls: () => read("calls", "").trim().split("\n").filter(Boolean),
    releases: () => JSON.parse(read("releases.json", "{}")) as { [tag: string]: SeenRelease },
    pulls: () => JSON.parse(read("pulls.json", "[]")) as { head: string; base: string; title: string; body: string }[],
    asset: (tag: string, name: string) => join(state, "assets", tag, name),
  };
}
