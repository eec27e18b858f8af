import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { emulatorBase } from "../../../.dagger/src/boot/emulator-base";
import { Sources } from "../../../.dagger/src/sources/sources";
import { nodeNames } from "../../nodes";

const root = join(import.meta.dir, "../../..");
const own = Sources.parse(parse(readFileSync(join(root, "sources.yaml"), "utf8")));
const image = (reference: string, version: string) => ({ kind: "image" as const, for: "tests", reference, version });

test("this repository's nodes of Ubuntu have one emulator, the newest base's: 22.04's takes no pictures as PNG", () => {
  const bases = nodeNames(root)
    .map((name) => parse(readFileSync(join(root, `nodes/${name}/node.yaml`), "utf8")).base as string)
    .filter((base) => base.startsWith("ubuntu-"));
  expect(bases).toContain("ubuntu-22.04");
  const emulators = new Set(bases.map((base) => emulatorBase(own, base).source));
  expect(emulators.size).toBe(1);
  expect(emulators).not.toContain("ubuntu-22.04");
});

test("the newest of the node's own distribution, by its number", () => {
  const sources = Sources.parse({
    sources: {
      old: image("docker.io/library/debian", "9"),
      new: image("docker.io/library/debian", "12"),
      other: image("docker.io/library/ubuntu", "24.04"),
    },
  });
  expect(emulatorBase(sources, "old").address).toBe("docker.io/library/debian:12");
  expect(emulatorBase(sources, "other").source).toBe("other");
});

test("words have no order: the node's own base then", () => {
  const sources = Sources.parse({
    sources: { a: image("docker.io/library/debian", "bookworm"), b: image("docker.io/library/debian", "trixie") },
  });
  expect(emulatorBase(sources, "a").source).toBe("a");
});
