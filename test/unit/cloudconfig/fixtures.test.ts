import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { checkCloudConfig } from "../../../.dagger/src/cloudconfig/check.js";
import { UPSTREAM } from "../../../.dagger/src/cloudconfig/upstream.js";
import { FIXTURES, fixtures } from "./read-fixtures.js";

type Verdicts = { versions: Record<string, string>; fixtures: Record<string, { verdict: string; sha256: string }> };
const verdicts = JSON.parse(readFileSync(`${FIXTURES}upstream-verdicts.json`, "utf8")) as Verdicts;

/** The warnings that a legal fixture may carry: each of these files is about one of them. */
const WARNINGS: Record<string, string[]> = {
  "valid/files-without-permissions.yaml": ["cloud-config/permissions"],
  "valid/install-empty-values.yaml": ["cloud-config/empty"],
  "valid/no-header.yaml": ["cloud-config/header"],
  "valid/node-config-header.yaml": ["cloud-config/header"],
  "valid/yaml-1.1-flags.yaml": ["cloud-config/yaml-1.1"],
};

test("there are enough fixtures, each with its facts' source or its expectation", () => {
  expect(fixtures("valid").length).toBeGreaterThanOrEqual(50);
  expect(fixtures("invalid").length).toBeGreaterThanOrEqual(40);
  for (const { text } of fixtures("valid")) expect(text).toContain("# Facts from: ");
});

for (const { name, text } of fixtures("valid")) {
  test(`${name} is legal upstream and passes`, () => {
    const problems = checkCloudConfig(name, text);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect([...new Set(problems.map(({ rule }) => rule))]).toEqual(WARNINGS[name] ?? []);
    expect(verdicts.fixtures[name]?.verdict).toBe("taken");
  });
}

const UPSTREAM_SAYS: Record<string, string> = {
  takes: "taken",
  refuses: "yip refuses",
  "drops-stages": "yip drops the stages",
  "agent-refuses": "kairos-agent refuses",
};

for (const { name, text } of fixtures("invalid")) {
  test(`${name} is found, with a place, what was found and what was expected`, () => {
    const expected = /^# expect: (.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
    const upstream = /^# upstream: (.*)$/m.exec(text)?.[1] ?? "";
    const problems = checkCloudConfig(name, text);
    expect([...new Set(problems.map(({ rule }) => rule))].sort()).toEqual(expected.sort());
    for (const problem of problems) {
      expect(problem.span).toBeDefined();
      expect(problem.found).toBeTruthy();
      expect(problem.expected).toBeTruthy();
    }
    expect(verdicts.fixtures[name]?.verdict).toBe(UPSTREAM_SAYS[upstream] ?? "");
  });
}

test("each recorded verdict is about the fixture as it stands, at the versions that the checker names", () => {
  const all = [...fixtures("valid"), ...fixtures("invalid")];
  expect(Object.keys(verdicts.fixtures).sort()).toEqual(all.map(({ name }) => name).sort());
  for (const { name, text } of all) {
    expect(verdicts.fixtures[name]?.sha256).toBe(createHash("sha256").update(text).digest("hex"));
  }
  expect(verdicts.versions["github.com/mudler/yip"]).toBe(UPSTREAM["mudler/yip"]);
  expect(verdicts.versions["github.com/kairos-io/kairos-sdk"]).toBe(UPSTREAM["kairos-io/kairos-sdk"]);
  expect(verdicts.versions["github.com/kairos-io/kairos-agent/v2"]).toBe(UPSTREAM["kairos-io/kairos-agent"]);
});

test("the document's table has the versions that the checker names, and no other", () => {
  const document = readFileSync(new URL("../../../docs/cloud-config.md", import.meta.url), "utf8");
  const rows = [...document.matchAll(/^\| (\S+) \| (v[\d.]+) \|/gm)].map(([, program, version]) => [program, version]);
  const named = Object.entries(UPSTREAM).map(([repository, version]) => [repository.split("/")[1], version]);
  expect(rows).toEqual(named);
});
