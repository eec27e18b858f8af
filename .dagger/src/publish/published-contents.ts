import type { Container } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import type { Contents } from "../plan/diff.js";
import { contentsOf } from "../plan/diff-read.js";
import { readBuildManifest } from "../plan/release-manifest.js";
import { attachedTexts } from "./attached.js";
import { manifestAt, named } from "./image.js";

/** What a published image holds, from what is attached to it: the image itself is not pulled. Undefined: no such image. */
export async function publishedContents(oras: Container, reference: string): Promise<Contents | undefined> {
  const found = await manifestAt(oras, reference);
  if (!found) return undefined;
  const { repository } = named(reference);
  const { manifest, content } = await attachedTexts(oras, `${repository}@${found.digest}`);
  if (manifest === undefined || content === undefined) {
    throw new HegemonikonError(
      `${reference}: found no manifest or content listing attached to it, expected an image that publish made`,
    );
  }
  return contentsOf(reference, readBuildManifest(`${reference}: manifest.json`, manifest), content);
}
