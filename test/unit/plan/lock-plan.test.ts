import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Found, locked, lookups, type Move, moves } from "../../../.dagger/src/sources/lock-plan.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { newerMidnights } from "../../../.dagger/src/sources/snapshot-moments.js";

const text = `# top
sources:
  # the base
  base:
    kind: image
    for: tests
    reference: docker.io/library/debian
    # renovate: x
    version: "12" # why
    digest: sha256:${"0a".repeat(32)} # pinned
  tool:
    kind: image
    for: tests
    reference: quay.io/acme/tool
    version: v1
  k0s:
    kind: download
    for: tests
    url: https://example.org/{version}/k0s-{arch}
    version: v1.34.1+k0s.0
    sha256:
      amd64: ${"1a".repeat(32)}
  font:
    kind: download
    for: tests
    url: https://example.org/font
    version: "1"
  both:
    kind: download
    for: tests
    url: https://example.org/both-{arch}
    version: "2"
`;
const parsed = parseSources("sources.yaml", text);
const digestOf = (i: number) => `sha256:${`${i + 1}a`.repeat(32)}`;
const all = (): Found[] =>
  lookups(parsed.sources ?? { sources: {} }).map((one, i) => ({ ...one, digest: digestOf(i) }));

test("every image and file is looked up, a file for each architecture that its address has", () => {
  expect(all().map(({ address }) => address)).toEqual([
    "docker.io/library/debian:12",
    "quay.io/acme/tool:v1",
    "https://example.org/v1.34.1+k0s.0/k0s-amd64",
    "https://example.org/v1.34.1+k0s.0/k0s-arm64",
    "https://example.org/font",
    "https://example.org/both-amd64",
    "https://example.org/both-arm64",
  ]);
});

test("one file for all architectures gets a new sum wherever it has an old one", () => {
  const font = (sums: string) => `sources:
  font:
    kind: download
    for: tests
    url: https://example.org/font
    version: "2"
${sums}`;
  const after = (sums: string) => {
    const { yaml, sources } = parseSources("sources.yaml", font(sums));
    return locked(
      yaml,
      lookups(sources ?? { sources: {} }).map((one) => ({ ...one, digest: digestOf(6) })),
    );
  };
  const [old, now] = ["0a".repeat(32), digestOf(6).slice(7)];
  const of =
    (...arches: string[]) =>
    (sum: string) =>
      `    sha256:\n${arches.map((arch) => `      ${arch}: ${sum}\n`).join("")}`;
  expect(after("")).toBe(font(of("amd64")(now)));
  for (const sums of [of("arm64"), of("amd64"), of("amd64", "arm64")]) expect(after(sums(old))).toBe(font(sums(now)));
});

test("an entry in one line is refused, and not turned into a file that nobody can read", () => {
  const line = "sources:\n  a: { kind: image, for: x, reference: docker.io/a/b, version: v1 }\n";
  const { yaml, sources } = parseSources("sources.yaml", line);
  const found = lookups(sources ?? { sources: {} }).map((one) => ({ ...one, digest: digestOf(0) }));
  expect(() => locked(yaml, found)).toThrow("sources.yaml: a: found an entry written as { … }");
});

test("digests are filled in; comments, order and spelling stay", () => {
  const after = locked(parsed.yaml, all());
  const s = (i: number) => digestOf(i).slice(7);
  expect(after).toBe(
    text
      .replace("0a".repeat(32), s(0))
      .replace("version: v1\n", `version: v1\n    digest: ${digestOf(1)}\n`)
      .replace(`amd64: ${"1a".repeat(32)}\n`, `amd64: ${s(2)}\n      arm64: ${s(3)}\n`)
      .replace('version: "1"\n', `version: "1"\n    sha256:\n      amd64: ${s(4)}\n`)
      .replace('version: "2"\n', `version: "2"\n    sha256:\n      amd64: ${s(5)}\n      arm64: ${s(6)}\n`),
  );
});

test("locking what is locked changes nothing", () => {
  const once = locked(parsed.yaml, all());
  expect(locked(parseSources("sources.yaml", once).yaml, all())).toBe(once);
});

test("what cannot be reached is named, all of it, and nothing is changed", () => {
  const failed = all().map((one, i): Found => (i < 2 ? { ...one, failure: "no such host" } : one));
  expect(() => locked(parsed.yaml, failed)).toThrow(
    /2 of 7 could not be looked up, nothing was changed:\n {2}base: docker.io\/library\/debian:12: no such host\n {2}tool: quay/,
  );
});

test("the repository's own sources.yaml can be locked, and stays valid", () => {
  const own = parseSources("sources.yaml", readFileSync(join(import.meta.dir, "../../../sources.yaml"), "utf8"));
  const found = lookups(own.sources ?? { sources: {} }).map((one, i): Found => ({ ...one, digest: digestOf(i % 9) }));
  const after = parseSources("sources.yaml", locked(own.yaml, found));
  expect(after.problems).toEqual([]);
  expect(lookups(after.sources ?? { sources: {} })).toEqual(lookups(own.sources ?? { sources: {} }));
});

describe("apt snapshots", () => {
  const snapshots = `sources:
  apt:
    kind: apt-snapshot
    for: tests
    distribution: ubuntu
    url: https://example.org/ubuntu/{version}
    # moved by lock
    version: 20260923T000000Z # why
  apt-2:
    kind: apt-snapshot
    for: tests
    distribution: debian
    url: https://example.org/debian/{version}
    version: 20270101T000000Z
`;
  const file = parseSources("sources.yaml", snapshots);
  const now = Date.UTC(2026, 8, 26, 12);

  test("move to a midnight that is a day old at least, and never back", () => {
    expect(newerMidnights(now, "20260923T000000Z")).toEqual(["20260925T000000Z", "20260924T000000Z"]);
    expect(newerMidnights(Date.UTC(2026, 8, 26), "20260101T000000Z")).toHaveLength(7);
    expect(newerMidnights(Date.UTC(2026, 8, 26), "20260924T120000Z")).toEqual(["20260925T000000Z"]);
    expect(moves(file.sources ?? { sources: {} }, now).map(({ source }) => source)).toEqual(["apt"]);
  });

  test("are moved in the file, where comments stay", () => {
    const [move] = moves(file.sources ?? { sources: {} }, now);
    const found = [{ ...(move as Move), moment: "20260925T000000Z" }];
    expect(locked(file.yaml, found)).toBe(snapshots.replace("20260923T000000Z # why", "20260925T000000Z # why"));
    expect(locked(file.yaml, [])).toBe(snapshots);
  });

  test("that cannot be asked for leave the file as it is", () => {
    const [move] = moves(file.sources ?? { sources: {} }, now);
    expect(() => locked(file.yaml, [{ ...(move as Move), failure: "no such host" }])).toThrow(/apt: .*: no such host/);
  });
});
