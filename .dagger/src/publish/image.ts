import type { Container } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { isDenied, isNotFound } from "../plan/release-failure.js";
import {
  decide,
  incomplete,
  type Published,
  type PublishedManifest,
  readManifest,
  type Staged,
  vanished,
} from "../plan/release-state.js";
import { newerIn, tags, tagText } from "../plan/tags.js";
import { askTool, runTool, writeTool } from "./access.js";
import { named } from "./reference.js";
import type { Signer } from "./signing.js";
import { type Complete, completion, lacks, type PublishTools, type Upload } from "./whole.js";

/** How often what two publishers did at once is put right before it is given up. */
const ROUNDS = 5;

/** How long after a version's tag was set it is read again, in ms: more than a read and a write take, 1 s here. */
const SETTLING = 5_000;

/**
 * Publishes an image so that no step before the last makes anything visible under a name: the content by its digest, then
 * what is attached, then the signature, then the tags that never move, then the channels. Each step looks first whether
 * it is done already, so that an interrupted call is continued by the next one, and a repeated one does nothing.
 */
export async function publishImage(upload: Upload, tools: PublishTools, signer: Signer): Promise<Published> {
  const staged = await stageImage(upload, tools, signer);
  return nameImage(staged, tools, completion(upload, tools, signer));
}

/** Pushes an image by its digest, with everything attached and signed. No name points at it yet: nobody is shown it. */
export async function stageImage(upload: Upload, tools: PublishTools, signer: Signer): Promise<Staged> {
  const { node, repository, parts, contentDigest } = upload;
  const published = await publishedTags(tools.oras, repository);
  const tag = tagText(parts.version.text);
  const reference = `${repository}:${tag}`;
  const existing = published.includes(tag) ? await manifestAt(tools.oras, reference) : undefined;
  const decision = decide(reference, existing, contentDigest);
  const digest = decision.push ? upload.digest : decision.digest;
  if (decision.push) await push(upload, tools.oras);
  const completed = await completion(upload, tools, signer)(`${repository}@${digest}`);
  return { node, repository, parts, contentDigest, digest, pushed: decision.push || completed };
}

/**
 * Gives a staged image its names: the version, which never moves, Kairos' tag, and the channels.
 * @param completes completes another publisher's image of the same content that got the name first; without it an image
 * that lacks something is refused
 */
export async function nameImage(staged: Staged, tools: PublishTools, completes?: Complete): Promise<Published> {
  const { digest, claimed } = await nameVersion(staged, tools, completes);
  return pointChannels({ ...staged, digest, pushed: staged.pushed || claimed }, tools.oras);
}

/** Gives a staged image its version's tag. The digest is another's where one with the same content got it first. */
export async function nameVersion(staged: Staged, tools: PublishTools, completes?: Complete) {
  const { repository, parts, contentDigest } = staged;
  const reference = `${repository}:${tagText(parts.version.text)}`;
  let [digest, claimed] = [staged.digest, false];
  for (let round = 1; ; round++) {
    const image = `${repository}@${digest}`;
    if (await lacks(tools, image)) {
      if (!completes) throw new HegemonikonError(incomplete(image));
      claimed = (await completes(image)) || claimed;
      // A registry without the referrers API has one list that both of two publishers write: one may drop the other's line.
      if (await lacks(tools, image)) {
        if (round === ROUNDS) throw new HegemonikonError(contested(reference));
        continue;
      }
    }
    const claim = await claimTag(tools.oras, reference, digest, contentDigest);
    claimed ||= claim.moved;
    const done = claim.digest === digest;
    digest = claim.digest;
    if (done) return { digest, claimed };
    if (round === ROUNDS) throw new HegemonikonError(contested(reference));
  }
}

function contested(reference: string): string {
  return `publish: ${reference} is being changed by somebody else at the same time: try again`;
}

/**
 * Points Kairos' tag and the channels that a version is the newest of at it. Kairos' tag keeps its content like the version:
 * it tells a publisher who was so slow that another's version was out, and looked at, before this one took its name.
 */
export async function pointChannels(staged: Staged, oras: Container): Promise<Published> {
  const { node, repository, parts, contentDigest, digest } = staged;
  const wanted = tags(parts, await publishedTags(oras, repository));
  const kairos = `${repository}:${wanted.kairos}`;
  decide(kairos, await manifestAt(oras, kairos), contentDigest);
  const moved = await point(oras, repository, digest, [wanted.kairos, ...wanted.channels]);
  const channels = moved ? await settled(staged, wanted.channels, oras) : wanted.channels;
  return {
    node,
    version: parts.version.text,
    repository,
    digest,
    contentDigest,
    pushed: staged.pushed || moved,
    references: [wanted.version, wanted.kairos, ...channels].map((tag) => `${repository}:${tag}@${digest}`),
  };
}

/** Gives back the channels that a newer version, published in the same moment, should have: of two the newest wins. */
async function settled({ repository, parts }: Staged, channels: readonly string[], oras: Container): Promise<string[]> {
  const now = await publishedTags(oras, repository);
  const kept: string[] = [];
  for (const channel of channels) {
    const newest = newerIn(channel, parts.version, now);
    if (newest === undefined) kept.push(channel);
    else {
      const at = { step: `tag ${channel}`, where: `${repository}:${newest}` };
      await writeTool(oras, ["tag", `${repository}:${newest}`, channel], at);
    }
  }
  return kept;
}

/**
 * Makes a version's tag point at a digest, unless it points at the same content already. A registry cannot be asked to
 * set a tag only if it is free: so the tag is read right before it is set and again a while after. Of two publishers of
 * different contents the later one finds the tag, or both set it within that while and the earlier one finds it lost.
 */
async function claimTag(oras: Container, reference: string, digest: string, contentDigest: string) {
  const before = decide(reference, await manifestAt(oras, reference), contentDigest);
  if (!before.push) return { digest: before.digest, moved: false };
  const { repository, tag } = named(reference);
  await runTool(oras, ["tag", `${repository}@${digest}`, tag], {
    step: `tag ${tag}`,
    where: `${repository}@${digest}`,
  });
  await new Promise((wake) => setTimeout(wake, SETTLING));
  const after = decide(reference, await manifestAt(oras, reference), contentDigest);
  if (after.push) throw new HegemonikonError(vanished(reference, digest, SETTLING / 1000));
  return { digest: after.digest, moved: true };
}

/**
 * Every tag of a repository; none where it does not exist yet. ghcr.io denies reading one that does not: whether the
 * account may write there is asked by itself before anything is built (push-right.ts).
 */
export async function publishedTags(oras: Container, repository: string): Promise<string[]> {
  const at = { step: "list the tags", where: repository };
  const output = await askTool(oras, ["repo", "tags", repository], at, (said) => isNotFound(said) || isDenied(said));
  return (output ?? "").split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}

/** The manifest that a reference points at; undefined where there is none. */
export async function manifestAt(oras: Container, reference: string): Promise<PublishedManifest | undefined> {
  const at = { step: "read the manifest", where: reference };
  const digest = (await askTool(oras, ["resolve", reference], at))?.trim();
  if (digest === undefined) return undefined;
  const { repository } = named(reference);
  return readManifest(digest, await runTool(oras, ["manifest", "fetch", `${repository}@${digest}`], at));
}

async function push({ layout, digest, repository }: Upload, oras: Container): Promise<void> {
  const at = { step: "push the image", where: `${repository}@${digest}` };
  const tool = oras.withMountedDirectory("/hegemonikon-image", layout);
  await writeTool(tool, ["cp", "--from-oci-layout", `/hegemonikon-image@${digest}`, `${repository}@${digest}`], at);
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
