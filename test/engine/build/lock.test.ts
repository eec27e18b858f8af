import { expect, test } from "bun:test";
import { parse } from "yaml";
import { lock } from "../../../.dagger/src/sources/lock.js";
import { Sources } from "../../../.dagger/src/sources/sources.js";
import { onEngine, sourcesFile, sourcesText } from "./engine";

// `lock` over the network that the engine has.

const message = async (text: string) => {
  try {
    await (await lock(sourcesFile(text), false)).contents();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it did not fail");
};

test("offline: everything that cannot be reached is named, and nothing is changed", async () => {
  const text = `sources:
  base:
    kind: image
    for: tests
    reference: registry.invalid/library/base
    version: v1
  file:
    kind: download
    for: tests
    url: http://127.0.0.1:9/file-{arch}
    version: "1"
`;
  await onEngine(async () => {
    const said = await message(text);
    expect(said).toStartWith("lock: 3 of 3 could not be looked up, nothing was changed:\n");
    expect(said).toContain("  base: registry.invalid/library/base:v1: ");
    expect(said).toContain("  file: http://127.0.0.1:9/file-amd64: cannot be reached");
    expect(said).toContain("  file: http://127.0.0.1:9/file-arm64: cannot be reached");
  });
}, 120_000);

const { k0s } = Sources.parse(parse(sourcesText())).sources;
/** The one download that a stand-in serves here: upstream's file is large, and the workflow Lock looks it up. */
const served = k0s?.kind === "download" && k0s.standin ? k0s : undefined;

test.skipIf(!served)(
  "a download's sums are those that it is pinned to: what is served here is locked again, and stays",
  async () => {
    const entry = /^ {2}k0s:\n(?: {3,}.*\n)*/m.exec(sourcesText())?.[0] ?? "";
    const text = `sources:\n${entry}`;
    await onEngine(async () => {
      expect(await (await lock(sourcesFile(text), false)).contents()).toBe(text);
      const wrong = text.replace(served?.sha256.amd64 ?? "", "0a".repeat(32));
      expect(await (await lock(sourcesFile(wrong), false)).contents()).toBe(text);
    });
  },
);
