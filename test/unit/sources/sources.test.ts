import { expect, test } from "bun:test";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { pinProblems } from "../../../.dagger/src/sources/pin-policy.js";
import type { Sources } from "../../../.dagger/src/sources/sources.js";

const digest = `sha256:${"a".repeat(64)}`;
const sources: Sources = {
  sources: {
    pinned: { kind: "image", for: "x", reference: "quay.io/a/b", version: "v1", digest },
    loose: { kind: "image", for: "x", reference: "localhost:5000/a", version: "v1", standin: true },
    file: {
      kind: "download",
      for: "x",
      url: "https://x/{version}/f-{version}-{arch}",
      version: "v1+k0s.0",
      sha256: { arm64: "b".repeat(64) },
    },
    bare: { kind: "download", for: "x", url: "https://x/f", version: "1", sha256: {}, standin: true },
    apt: {
      kind: "apt-snapshot",
      for: "x",
      distribution: "ubuntu",
      url: "https://s/{version}",
      version: "20261001T000000Z",
    },
  },
};

test("a build warns of what is not pinned by content, and takes stand-ins", () => {
  expect(pinProblems(sources, "build").map(({ rule, severity, message }) => `${severity} ${rule} ${message}`)).toEqual([
    "warning sources/pinned loose is not pinned by its content",
    "warning sources/pinned file is not pinned by its content",
    "warning sources/pinned bare is not pinned by its content",
  ]);
});

test("what is expected names the architectures that are missing", () => {
  expect(pinProblems(sources, "build").map(({ expected }) => expected)).toEqual([
    "digest: sha256:…",
    "sha256: with amd64:",
    "sha256: with amd64: or arm64:",
  ]);
});

test("a moment is one that there is, and an address has no braces that nothing fills in", () => {
  const file = (url: string) => `kind: download, for: x, url: "${url}", version: v1`;
  const apt = (version: string, url = "https://s/{version}") =>
    `kind: apt-snapshot, for: x, distribution: ubuntu, url: "${url}", version: ${version}`;
  const found = (entry: string) =>
    parseSources("sources.yaml", `sources: { a: { ${entry} } }\n`).problems.map(({ expected }) => expected);
  expect(found(file("https://x/{version}/{arch}"))).toEqual([]);
  expect(found(file("https://x/{versoin}"))).toEqual(["an address with {version} and {arch} as its only braces"]);
  expect(found(file("https://x/{arch"))).toHaveLength(1);
  expect(found(file("htps://x/{v}"))).toEqual(["an http(s) address"]);
  expect(found(apt("20260901T000000Z"))).toEqual([]);
  expect(found(apt("20260901T000000Z", "https://s/{arch}"))).toHaveLength(1);
  for (const moment of ["20269999T999999Z", "20260231T000000Z", "20260901T240000Z", "00000101T000000Z"])
    expect(found(apt(moment))).toEqual(["a moment that there is, e.g. 20260901T000000Z"]);
  expect(found(apt("2026"))).toEqual(["a moment, e.g. 20260901T000000Z"]);
});

test("a release refuses both", () => {
  expect(
    pinProblems(sources, "release").map(({ rule, severity, message }) => `${severity} ${rule} ${message}`),
  ).toEqual([
    "error sources/pinned loose is not pinned by its content",
    "error sources/no-stand-in loose is a stand-in for tests",
    "error sources/pinned file is not pinned by its content",
    "error sources/pinned bare is not pinned by its content",
    "error sources/no-stand-in bare is a stand-in for tests",
  ]);
});

test("the repository's sources.yaml: valid, every version with Renovate's annotation or a reason for none", async () => {
  const text = await Bun.file(new URL("../../../sources.yaml", import.meta.url)).text();
  const parsed = parseSources("sources.yaml", text);
  expect(parsed.problems).toEqual([]);
  const lines = text.split("\n");
  for (const [name, source] of Object.entries(parsed.sources?.sources ?? {})) {
    if (source.kind === "apt-snapshot") continue; // a moment, not a release: Renovate has no list of them
    const line = parsed.yaml.keySpan(["sources", name, "version"])?.line ?? 0;
    expect(lines[line - 2], `above version of ${name}`).toMatch(/^ {4}# renovate: datasource=\S+ depName=\S+/);
    if (source.kind === "image") expect(lines[line - 2]).toContain(`datasource=docker depName=${source.reference}`);
  }
});
