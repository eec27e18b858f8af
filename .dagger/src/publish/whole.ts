import type { Container, Directory, File } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { unbelievedText } from "../plan/release-failure.js";
import {
  ATTACHMENTS,
  type Attachment,
  artifactType,
  missingAttachments,
  NAMELESS_TYPE,
  type Referrer,
  readReferrers,
  SIGNATURE_TYPE,
} from "../plan/release-state.js";
import type { TagParts } from "../plan/tags.js";
import { askTool, runTool, writeTool } from "./access.js";
import { named } from "./reference.js";
import { disbelief, isSigned, type Signer, sign, type Verifier } from "./signing.js";

/** An image that is built and tested, ready to be published. */
export type Upload = {
  node: string;
  /** Where it goes: registry, path and node, without a tag. */
  repository: string;
  parts: TagParts;
  contentDigest: string;
  /** The image as an OCI image layout: these very layers go up, those that were tested. */
  layout: Directory;
  /** The digest of the manifest in the layout. */
  digest: string;
  attachments: Readonly<Record<Attachment, File>>;
};

/** The tools, their images pinned and logged in, and by what a signature is believed; any of cosign's where that is not known. */
export type PublishTools = { oras: Container; cosign: Container; verifier?: Verifier | undefined };

/** Attaches and signs what an image lacks. Says whether there was anything to do. */
export type Complete = (image: string) => Promise<boolean>;

/** How an image is completed by the one who built it. */
export function completion(upload: Upload, tools: PublishTools, signer: Signer): Complete {
  return (image) => complete(upload, tools, signer, image);
}

/**
 * What is attached to an image, and there: the list of a registry without the referrers API (ghcr.io) still names what was
 * deleted from under it.
 */
export async function referrers(oras: Container, image: string): Promise<Referrer[]> {
  const at = { step: "list what is attached", where: image };
  const listed = readReferrers(await runTool(oras, ["discover", "--format=json", image], at));
  const { repository } = named(image);
  const read = await Promise.all(
    listed.map(async (one): Promise<Referrer[]> => {
      const manifest = await askTool(oras, ["manifest", "fetch", `${repository}@${one.digest}`], at);
      if (manifest === undefined) return [];
      const typed = one.artifactType !== NAMELESS_TYPE && one.artifactType !== SIGNATURE_TYPE;
      return [typed ? one : { ...one, artifactType: artifactType(manifest) }];
    }),
  );
  return read.flat();
}

/** Attaches what is missing and signs where no signature is believed. Says whether there was anything to do. */
async function complete({ attachments }: Upload, tools: PublishTools, signer: Signer, image: string): Promise<boolean> {
  const there = await referrers(tools.oras, image);
  const missing = missingAttachments(there);
  for (const name of missing) {
    const { type, file } = ATTACHMENTS[name];
    const tool = tools.oras.withWorkdir("/hegemonikon-files").withMountedFile(file, attachments[name]);
    const args = ["attach", `--artifact-type=${type}`, image, `${file}:${type}`];
    await writeTool(tool, args, { step: `attach ${file}`, where: image });
  }
  const unsigned = !(await believed(tools, there, image));
  if (unsigned) {
    await sign(tools.cosign, signer, image);
    await refuseUnbelieved(tools, there, image);
  }
  return missing.length > 0 || unsigned;
}

/**
 * Throws where the signature that was just made is there and not believed: to make more of them would help nobody. Where it is not
 * there, another publisher's list took its place, which is seen when the image gets its name.
 */
async function refuseUnbelieved(
  { oras, cosign, verifier }: PublishTools,
  before: readonly Referrer[],
  image: string,
): Promise<void> {
  const words = verifier && (await disbelief(cosign, verifier, image));
  if (words === undefined) return;
  const made = (await referrers(oras, image)).some(
    ({ artifactType, digest }) => artifactType === SIGNATURE_TYPE && !before.some((one) => one.digest === digest),
  );
  const identity = verifier?.kind === "keyless" ? verifier.identity : undefined;
  if (made) throw new HegemonikonError(unbelievedText(image, identity, words));
}

/** Whether an image lacks something that is attached, or a signature that is believed. */
export async function lacks(tools: PublishTools, image: string): Promise<boolean> {
  const there = await referrers(tools.oras, image);
  return missingAttachments(there).length > 0 || !(await believed(tools, there, image));
}

/** Whether an image is signed by whom it must be: another's signature, an old key's or a broken one does not count. */
async function believed(
  { cosign, verifier }: PublishTools,
  there: readonly Referrer[],
  image: string,
): Promise<boolean> {
  if (!there.some(({ artifactType }) => artifactType === SIGNATURE_TYPE)) return false;
  return verifier === undefined || isSigned(cosign, verifier, image);
}
