import { z } from "zod";
import { Digest } from "../sources/digest.js";
import { readJson } from "./read-json.js";

/** What a node's folder of a release says about its image, so that it can be given its names later. */
const ReleasedImage = z.object({
  node: z.string(),
  version: z.string(),
  /** Registry, path and node, without a tag. */
  repository: z.string(),
  digest: Digest,
  contentDigest: Digest,
});
export type ReleasedImage = z.infer<typeof ReleasedImage>;

/** How the file is called behind the node's name and version. */
export const IMAGE_FILE = "image.json";

/** Reads an image.json. `from` says whose it is, for an error. */
export function readReleasedImage(from: string, text: string): ReleasedImage {
  return readJson(ReleasedImage, from, text, "the JSON that release wrote", "what release writes");
}

/** The text of an image.json. */
export function releasedImageText({ node, version, repository, digest, contentDigest }: ReleasedImage): string {
  return `${JSON.stringify({ node, version, repository, digest, contentDigest }, undefined, 2)}\n`;
}

/**
 * What forbids that the images of a release get their names: all nodes at once, or none.
 * @param found what the release's folders say
 * @param prefix where images go: registry and path
 */
export function promoteProblems(
  found: readonly ReleasedImage[],
  { asked, version, prefix }: { asked: readonly string[]; version: string; prefix: string },
): string[] {
  const missing = asked.filter((node) => found.filter((image) => image.node === node).length !== 1);
  return [
    ...missing.map((node) => {
      const count = found.filter((image) => image.node === node).length;
      return `release: found ${count === 0 ? "no image" : `${count} images`} of ${node}, expected one: a release is of all its nodes (${asked.join(", ")})`;
    }),
    ...found.flatMap(({ node, version: is, repository }) => {
      if (!asked.includes(node))
        return [`release: found an image of ${node}, expected those of ${asked.join(", ")} alone`];
      return [
        ...(is === version ? [] : [`release: found ${node} in version ${is}, expected ${version}`]),
        ...(repository === `${prefix}/${node}`
          ? []
          : [`release: found ${node} in ${repository}, expected ${prefix}/${node}`]),
      ];
    }),
  ];
}
