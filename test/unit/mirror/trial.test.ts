import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Sources } from "../../../.dagger/src/sources/sources";
import { standInFor, standIns } from "../../../local/mirror/src/standins";
import { trialSources } from "../../../local/mirror/src/trial";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const text = `# every outside thing
sources:
  ubuntu-24.04: # the base
    kind: image
    for: The base
    reference: docker.io/library/ubuntu
    # renovate
    version: "24.04"
    digest: ${digest("a")}
  apt-snapshot-ubuntu:
    kind: apt-snapshot
    for: The archive
    distribution: ubuntu
    url: https://snapshot.example/{version}
    version: 20260901T000000Z
  k0s:
    kind: download
    for: Kubernetes
    url: https://github.com/k0sproject/k0s/releases/download/{version}/k0s-{version}-{arch}
    version: v1.34.1+k0s.0
    sha256: { amd64: ${"b".repeat(64)} }
  other:
    kind: image
    for: Something without a stand-in
    reference: example.org/other/thing
    version: v1
    digest: ${digest("c")}
`;
const sha256 = { amd64: "d".repeat(64), arm64: "e".repeat(64) };
const places = { "ubuntu-24.04": { digest: digest("f") }, k0s: { url: "http://localhost:1/k0s-{arch}", sha256 } };

test("what a stand-in replaces is marked and pinned to the stand-in, in a file of the same schema", () => {
  const { sources } = Sources.parse(parse(trialSources(text, places)));
  expect(sources["ubuntu-24.04"]).toMatchObject({ standin: true, digest: digest("f"), version: "24.04" });
  expect(sources.k0s).toMatchObject({ standin: true, url: "http://localhost:1/k0s-{arch}", sha256 });
});

test("what has no stand-in stays as it is, and the snapshot of Ubuntu's archive goes", () => {
  const { sources } = Sources.parse(parse(trialSources(text, places)));
  expect(sources.other).toEqual(Sources.parse(parse(text)).sources.other as never);
  expect(Object.keys(sources)).toEqual(["ubuntu-24.04", "k0s", "other"]);
});

test("comments stay", () => {
  const trial = trialSources(text, places);
  for (const comment of ["# every outside thing", "# the base", "# renovate"]) expect(trial).toContain(comment);
});

test("upstream's digest never stands beside a stand-in that is not built yet", () => {
  const { sources } = Sources.parse(parse(trialSources(text, {})));
  expect(sources["ubuntu-24.04"]).toMatchObject({ standin: true });
  expect(sources["ubuntu-24.04"]).not.toHaveProperty("digest");
  expect(sources.k0s).toMatchObject({ standin: true, sha256: {} });
});

test("every stand-in replaces something of the repository's sources.yaml", () => {
  const file = join(import.meta.dir, "../../../sources.yaml");
  const { sources } = Sources.parse(parse(readFileSync(file, "utf8")));
  const used = new Set(Object.values(sources).map((source) => standInFor(source)?.name));
  expect(standIns.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
});
