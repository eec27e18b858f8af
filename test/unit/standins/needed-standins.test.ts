import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Source, Sources } from "../../../.dagger/src/sources/sources.js";
import { kebab } from "../../../local/call/names";
import { standIns } from "../../../local/mirror/src/standins";
import { standInArguments } from "../../../local/needed-standins";
import { codeOfFunctions } from "./reached";

const image = (reference: string): Source => ({ kind: "image", for: "a test", reference, version: "1" });
const sources = {
  "ubuntu-24.04": image("docker.io/library/ubuntu"),
  "ubuntu-22.04": image("docker.io/library/ubuntu"),
  ai: image("docker.io/localai/localai"),
  backend: image("quay.io/go-skynet/local-ai-backends"),
};
const nodes = [
  { name: "noos", arch: "amd64", base: "ubuntu-24.04", containers: [{ source: "ai", delivery: "baked" }] },
  { name: "thuroros", arch: "arm64", base: "ubuntu-22.04" },
] as const;
const of = (...args: string[]) =>
  standInArguments(
    args,
    nodes.map((node) => ({ ...node, containers: [] })),
    sources,
  );

test("what a stand-in takes the place of is in sources.yaml", () => {
  const own = Sources.parse(parse(readFileSync(join(import.meta.dir, "../../../sources.yaml"), "utf8"))).sources;
  const there = Object.values(own).map((it) => (it.kind === "image" ? it.reference : it.url));
  const gone = standIns.flatMap(({ kind, replaces }) =>
    replaces.filter((name) => !there.some((it) => (kind === "image" ? it === name : it.startsWith(name)))),
  );
  expect(gone).toEqual([]);
});

test("a base waits for nothing but the base, in the node's architecture", () => {
  expect(of("base", "--node=thuroros")).toEqual(["ubuntu", "--arch=arm64"]);
  expect(of("base", "--node", "noos")).toEqual(["ubuntu", "--arch=amd64"]);
});

test("a build needs Kairos and the media's tools, not those that publish", () => {
  const needed = of("build", "--node=thuroros");
  expect(needed).toContain("kairos-init");
  expect(needed).toContain("auroraboot");
  expect(needed).not.toContain("cosign");
  expect(needed?.at(-1)).toBe("--arch=amd64,arm64");
  expect(of("publish", "--node=noos")).toContain("cosign");
});

test("what another node's role brings along is not waited for", () => {
  const noos = {
    ...nodes[0],
    containers: [...nodes[0].containers],
    trees: [{ source: "backend", path: "/usr/lib/noos/backend" }],
  };
  const needed = (name: string) => standInArguments(["build", `--node=${name}`], [noos, nodes[1]], sources);
  expect(needed("noos")).toEqual(expect.arrayContaining(["local-ai", "local-ai-llama-cpp"]));
  expect(needed("thuroros")?.filter((standIn) => standIn.startsWith("local-ai"))).toEqual([]);
});

test("a call without a node, or with one that does not exist, pulls nothing", () => {
  expect(of("sources", "contents")).toBeUndefined();
  expect(of("build", "--node=nos")).toBeUndefined();
});

test("everything, where everything may be needed", () => {
  expect(of("--all")).toEqual([]);
  expect(of("release", "--tag=v1.0.0")).toEqual([]);
});

test("each function gets the tools that its code names, and waits for no other", () => {
  const code = codeOfFunctions();
  expect(code.size).toBeGreaterThan(15);
  for (const [name, text] of code) {
    if (name === "release" || name === "lock") continue; // everything; what there is
    const wanted = ["cosign", "oras"].filter((tool) => text.includes(`"${tool}"`));
    const got = of(kebab(name), "--node=noos") ?? [];
    expect([name, ...got.filter((word) => ["cosign", "oras"].includes(word))]).toEqual([name, ...wanted]);
  }
  expect(code.get("plan")).toContain('"oras"');
});
