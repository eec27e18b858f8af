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
