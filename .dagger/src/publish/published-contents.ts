import type { Container } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import type { Contents } from "../plan/diff.js";
import { contentsOf } from "../plan/diff-read.js";
import { readBuildManifest } from "../plan/release-manifest.js";
import { attachedTexts } from "./attached.js";
import { manifestAt } from "./image.js";
import { named } from "./reference.js";

/** Why it cannot be said what an image holds that is there. */
export type Unreadable = { unreadable: string };

/**
 * What a published image holds, from what is attached to it: the image itself is not pulled. Undefined: no such image. What is
 * attached may be gone while the image stays (it has no name of its own, and cleaning takes that), or be of another time's form.
 */
export async function publishedContents(
  oras: Container,
  reference: string,
): Promise<Contents | Unreadable | undefined> {
  const found = await manifestAt(oras, reference);
  if (!found) return undefined;
  const { repository } = named(reference);
  const { manifest, content } = await attachedTexts(oras, `${repository}@${found.digest}`);
  if (manifest === undefined || content === undefined) {
    return {
      unreadable: `found no ${manifest === undefined ? "manifest" : "content listing"} attached to ${reference}, expected an image that publish made, and all that it attached`,
    };
  }
  try {
    return contentsOf(reference, readBuildManifest(`${reference}: manifest.json`, manifest), content);
  } catch (error) {
    if (error instanceof HegemonikonError) return { unreadable: error.message.replaceAll(/\s*\n\s*/g, "; ") };
    throw error;
  }
}
