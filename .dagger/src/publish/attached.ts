import type { Container, File } from "@dagger.io/dagger";
import { ATTACHMENTS, type Attachment } from "../plan/release-state.js";
import { doneTool } from "./access.js";
import { named } from "./reference.js";
import { referrers } from "./whole.js";

/** The texts that are attached to a published image; undefined where one is missing. */
export async function attachedTexts(oras: Container, image: string): Promise<Record<Attachment, string | undefined>> {
  const there = await referrers(oras, image);
  const { repository } = named(image);
  const read = async (name: Attachment): Promise<string | undefined> => {
    const { type, file } = ATTACHMENTS[name];
    const referrer = there.find(({ artifactType }) => artifactType === type);
    return referrer ? (await pulledFile(oras, `${repository}@${referrer.digest}`, file)).contents() : undefined;
  };
  const [sbom, manifest, content] = await Promise.all([read("sbom"), read("manifest"), read("content")]);
  return { sbom, manifest, content };
}

async function pulledFile(oras: Container, reference: string, file: string): Promise<File> {
  const at = { step: `pull ${file}`, where: reference };
  const done = await doneTool(oras, ["pull", "--output=/tmp/hegemonikon-pulled", reference], at);
  return done.file(`/tmp/hegemonikon-pulled/${file}`);
}
