import { describe, expect, test } from "bun:test";
import { releasedName } from "../../../.dagger/src/plan/artefacts.js";
import { promoteProblems, readReleasedImage, releasedImageText } from "../../../.dagger/src/plan/released-image.js";

const DIGEST = `sha256:${"a".repeat(64)}`;
const image = (node: string, change = {}) => ({
  node,
  version: "v1.2.3",
  repository: `ghcr.io/a/b/${node}`,
  digest: DIGEST,
  contentDigest: DIGEST,
  ...change,
});
const wanted = { asked: ["kairos", "noos"], version: "v1.2.3", prefix: "ghcr.io/a/b" };

describe("an image.json", () => {
  test("is read as it was written, without what is not its concern", () => {
    const text = releasedImageText({ ...image("noos"), pushed: true } as never);
    expect(readReleasedImage("x", text)).toEqual(image("noos"));
    expect(text).not.toContain("pushed");
  });

  test("that is another thing is refused by name", () => {
    expect(() => readReleasedImage("noos/x.image.json", "{")).toThrow(/^noos\/x.image.json: found "\{", expected/);
    expect(() => readReleasedImage("x", JSON.stringify(image("noos", { digest: "sha256:1" })))).toThrow(
      "x: not what release writes\n  digest: sha256: and 64 hexadecimal digits",
    );
  });

  test("is called after its node and version, like the medium", () => {
    expect(releasedName({ image: "noos-v1.2.3.oci.tar" }, "image.json")).toBe("noos-v1.2.3.image.json");
  });
});

describe("the images of a release get their names", () => {
  test("all of them, where all of them are there", () => {
    expect(promoteProblems([image("kairos"), image("noos")], wanted)).toEqual([]);
  });

  test("none of them, where one is missing, twice there, of another version, registry or node", () => {
    expect(promoteProblems([image("noos")], wanted)).toEqual([
      "release: found no image of kairos, expected one: a release is of all its nodes (kairos, noos)",
    ]);
    const bad = [
      image("kairos"),
      image("kairos"),
      image("noos", { version: "v1.2.2", repository: "ghcr.io/c/noos" }),
      image("thuroros"),
    ];
    expect(promoteProblems(bad, wanted)).toEqual([
      "release: found 2 images of kairos, expected one: a release is of all its nodes (kairos, noos)",
      "release: found noos in version v1.2.2, expected v1.2.3",
      "release: found noos in ghcr.io/c/noos, expected ghcr.io/a/b/noos",
      "release: found an image of thuroros, expected those of kairos, noos alone",
    ]);
  });
});
