import type { Container, Directory, File } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import {
  ATTACHMENTS,
  type Attachment,
  artifactType,
  decide,
  missingAttachments,
  NAMELESS_TYPE,
  type Published,
  type PublishedManifest,
  type Referrer,
  readManifest,
  readReferrers,
  SIGNATURE_TYPE,
} from "../plan/release-state.js";
import { type TagParts, tags } from "../plan/tags.js";
import { askTool, runTool, writeTool } from "./access.js";
import { type Signer, sign } from "./signing.js";

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

/** The tools, their images pinned and logged in. */
export type PublishTools = { oras: Container; cosign: Container };

/** How often what two publishers did at once is put right before it is given up. */
const ROUNDS = 3;

/** How long after a version's tag was set it is read again, in ms: more than a read and a write take, 1 s here. */
const SETTLING = 5_000;

/**
 * Publishes an image so that no step before the last makes anything visible under a name: the content by its digest, then
 * what is attached, then the signature, then the tags that never move, then the channels. Each step looks first whether
 * it is done already, so that an interrupted call is continued by the next one, and a repeated one does nothing.
 */
export async function publishImage(upload: Upload, tools: PublishTools, signer: Signer): Promise<Published> {
  const { repository, contentDigest } = upload;
  const published = await publishedTags(tools.oras, repository);
  const wanted = tags(upload.parts, published);
  const reference = `${repository}:${wanted.version}`;
  const existing = published.includes(wanted.version) ? await manifestAt(tools.oras, reference) : undefined;
  const decision = decide(reference, existing, contentDigest);
  let digest = upload.digest;
  if (decision.push) await push(upload, tools.oras);
  else digest = decision.digest;

  let pushed = decision.push;
  for (let round = 1; ; round++) {
    const image = `${repository}@${digest}`;
    const completed = await complete(upload, tools, signer, image);
    const claimed = await claim(tools.oras, reference, digest, contentDigest);
    pushed ||= completed || claimed.moved;
    // Another publisher of the same content may have been first: its image is the one to complete then.
    const done = claimed.digest === digest && !(await lacks(tools.oras, image));
    digest = claimed.digest;
    if (done) break;
    if (round === ROUNDS) {
      throw new HegemonikonError(`publish: ${reference} is being changed by somebody else at the same time: try again`);
    }
  }
  const moved = await point(tools.oras, repository, digest, [wanted.kairos, ...wanted.channels]);
  return {
    node: upload.node,
    version: upload.parts.version.text,
    repository,
    digest,
    contentDigest,
    pushed: pushed || moved,
    references: [wanted.version, wanted.kairos, ...wanted.channels].map((tag) => `${repository}:${tag}@${digest}`),
  };
}

/**
 * Makes a version's tag point at a digest, unless it points at the same content already. A registry cannot be asked to
 * set a tag only if it is free: so the tag is read right before it is set and again a while after. Of two publishers of
 * different contents the later one finds the tag, or both set it within that while and the earlier one finds it lost.
 */
async function claim(oras: Container, reference: string, digest: string, contentDigest: string) {
  const before = decide(reference, await manifestAt(oras, reference), contentDigest);
  if (!before.push) return { digest: before.digest, moved: false };
  const repository = reference.replace(/:[^:/]*$/, "");
  const tag = reference.slice(repository.length + 1);
  await runTool(oras, ["tag", `${repository}@${digest}`, tag], {
    step: `tag ${tag}`,
    where: `${repository}@${digest}`,
  });
  await new Promise((wake) => setTimeout(wake, SETTLING));
  const after = decide(reference, await manifestAt(oras, reference), contentDigest);
  if (after.push) throw new HegemonikonError(`publish: ${reference} vanished while it was published`);
  return { digest: after.digest, moved: true };
}

/** Every tag of a repository; none where it does not exist yet. */
export async function publishedTags(oras: Container, repository: string): Promise<string[]> {
  const at = { step: "list the tags", where: repository };
  const output = await askTool(oras, ["repo", "tags", repository], at);
  return (output ?? "").split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}

/** The manifest that a reference points at; undefined where there is none. */
export async function manifestAt(oras: Container, reference: string): Promise<PublishedManifest | undefined> {
  const at = { step: "read the manifest", where: reference };
  const digest = (await askTool(oras, ["resolve", reference], at))?.trim();
  if (digest === undefined) return undefined;
  const repository = reference.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  return readManifest(digest, await runTool(oras, ["manifest", "fetch", `${repository}@${digest}`], at));
}

/** What is attached to an image. */
export async function referrers(oras: Container, image: string): Promise<Referrer[]> {
  const at = { step: "list what is attached", where: image };
  const listed = readReferrers(await runTool(oras, ["discover", "--format=json", image], at));
  const repository = image.replace(/@.*$/, "");
  return Promise.all(
    listed.map(async (one): Promise<Referrer> => {
      if (one.artifactType !== NAMELESS_TYPE) return one;
      const manifest = await runTool(oras, ["manifest", "fetch", `${repository}@${one.digest}`], at);
      return { ...one, artifactType: artifactType(manifest) };
    }),
  );
}

async function push({ layout, digest, repository }: Upload, oras: Container): Promise<void> {
  const at = { step: "push the image", where: `${repository}@${digest}` };
  const tool = oras.withMountedDirectory("/hegemonikon-image", layout);
  await writeTool(tool, ["cp", "--from-oci-layout", `/hegemonikon-image@${digest}`, `${repository}@${digest}`], at);
}

/** Attaches what is missing and signs where no signature is. Says whether there was anything to do. */
async function complete({ attachments }: Upload, tools: PublishTools, signer: Signer, image: string): Promise<boolean> {
  const there = await referrers(tools.oras, image);
  const missing = missingAttachments(there);
  for (const name of missing) {
    const { type, file } = ATTACHMENTS[name];
    const tool = tools.oras.withWorkdir("/hegemonikon-files").withMountedFile(file, attachments[name]);
    const args = ["attach", `--artifact-type=${type}`, image, `${file}:${type}`];
    await writeTool(tool, args, { step: `attach ${file}`, where: image });
  }
  const unsigned = !there.some(({ artifactType }) => artifactType === SIGNATURE_TYPE);
  if (unsigned) await sign(tools.cosign, signer, image);
  return missing.length > 0 || unsigned;
}

async function lacks(oras: Container, image: string): Promise<boolean> {
  const there = await referrers(oras, image);
  return missingAttachments(there).length > 0 || !there.some(({ artifactType }) => artifactType === SIGNATURE_TYPE);
}

/** Points tags at a digest. Says whether any of them pointed elsewhere. */
async function point(oras: Container, repository: string, digest: string, names: readonly string[]): Promise<boolean> {
  const now = await Promise.all(
    names.map((name) =>
      askTool(oras, ["resolve", `${repository}:${name}`], { step: "read a tag", where: `${repository}:${name}` }),
    ),
  );
  const moving = names.filter((_, i) => now[i]?.trim() !== digest);
  if (moving.length === 0) return false;
  const at = { step: `tag ${moving.join(", ")}`, where: `${repository}@${digest}` };
  await writeTool(oras, ["tag", `${repository}@${digest}`, ...moving], at);
  return true;
}
