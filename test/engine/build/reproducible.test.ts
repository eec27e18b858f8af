import { expect, test } from "bun:test";
import { differences, summarize } from "../../../.dagger/src/manifest/content.js";
import { inspected } from "../../../.dagger/src/media/build.js";
import { nodeImage, nodesDir, onEngine, sourcesFile, sourcesText } from "./engine";

/**
 * A snapshot of a distribution that no base is: it changes nothing in an image, but it is an input of the lowest layer,
 * so every layer is made again, as with an empty cache. The cache itself stays: other builds may be using it.
 */
const salt = (word: string) => `
  salt-${word}:
    kind: apt-snapshot
    for: tests
    distribution: none
    url: http://127.0.0.1/${word}/{version}
    version: 20260101T000000Z
`;

test("two builds of one node, every layer made twice, have the same content", async () => {
  const listings: string[] = [];
  // kairos-init leaves its packages in an order that differs from run to run (a Go map's; the stand-in shuffles them).
  await onEngine(async () => {
    for (const word of ["first", "second"]) {
      const sources = sourcesFile(sourcesText() + salt(`${word}${Date.now()}`));
      const { recipe, image } = await nodeImage("kairos", nodesDir(), sources);
      listings.push((await inspected(recipe, image)).listing);
    }
  });
  const [first = "", second = ""] = listings;
  // Where they do not agree, this shows the paths and what differs in each.
  expect(differences(first, second)).toEqual([]);
  expect(summarize(first).digest).toBe(summarize(second).digest);
  expect(summarize(first).paths).toBeGreaterThan(5000);
});
