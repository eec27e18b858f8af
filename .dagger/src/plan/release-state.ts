import { HegemonikonError } from "../errors.js";
import { CONTENT_DIGEST } from "./release-identity.js";
import type { TagParts } from "./tags.js";

/** A manifest in a registry. */
export type PublishedManifest = { digest: string; contentDigest: string; revision: string };

/** Reads an OCI image manifest. The digest is the registry's, the rest its annotations. */
export function readManifest(digest: string, text: string): PublishedManifest {
  let annotations: Record<string, unknown> = {};
  try {
    const manifest = JSON.parse(text) as { annotations?: Record<string, unknown> } | null;
    annotations = manifest?.annotations ?? {};
  } catch {
    // A manifest that is no JSON has no content digest either, which is what the caller looks at.
  }
  const value = (key: string) => (typeof annotations[key] === "string" ? (annotations[key] as string) : "");
  return { digest, contentDigest: value(CONTENT_DIGEST), revision: value("org.opencontainers.image.revision") };
}

/** What to do about a version: push it, or adopt what is there because its content is the same. */
export type Decision = { push: true } | { push: false; digest: string };

/**
 * Decides whether a version is pushed. A version never changes its content: what runs on a machine under a name must be
 * what that name meant when it was tested.
 */
export function decide(reference: string, published: PublishedManifest | undefined, contentDigest: string): Decision {
  if (!published) return { push: true };
  if (published.contentDigest === contentDigest) return { push: false, digest: published.digest };
  const found = published.contentDigest || "an image that this project did not publish";
  const from = published.revision ? ` (from revision ${published.revision})` : "";
  throw new HegemonikonError(
    `publish: ${reference} exists with another content\n  found ${found}${from}\n  expected ${contentDigest}\n` +
      "  A version that is out keeps its content: publish under a new version.",
  );
}

/** A referrer: something attached to an image in the registry. */
export type Referrer = { artifactType: string; digest: string };

/** What is attached to every published image, by artifact type. */
export const ATTACHMENTS = {
  sbom: { type: "application/vnd.cyclonedx+json", file: "sbom.cdx.json" },
  manifest: { type: "application/vnd.hegemonikon.manifest.v1+json", file: "manifest.json" },
  content: { type: "application/vnd.hegemonikon.content.v1+text", file: "content.txt" },
} as const;
export type Attachment = keyof typeof ATTACHMENTS;

/** The artifact type of cosign's signatures in its bundle format. */
export const SIGNATURE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** Reads `oras discover --format json`. */
export function readReferrers(text: string): Referrer[] {
  const parsed = readJson(text) as { referrers?: unknown; manifests?: unknown } | undefined;
  // v1.3 calls them referrers, earlier versions manifests.
  const list = parsed?.referrers ?? parsed?.manifests;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown): Referrer[] => {
    const { artifactType, digest } = (item ?? {}) as Record<string, unknown>;
    return typeof artifactType === "string" && typeof digest === "string" ? [{ artifactType, digest }] : [];
  });
}

/**
 * What cosign's library writes into the list of a registry without the referrers API (distribution 2.8, ghcr.io): the
 * type of the empty configuration. The referrer's own manifest says what it really is.
 */
export const NAMELESS_TYPE = "application/vnd.oci.empty.v1+json";

/** What a bundle says that it is about, where it is an image's signature by cosign; attestations are bundles, too. */
const SIGNED = { key: "dev.sigstore.bundle.predicateType", value: "https://sigstore.dev/cosign/sign/v1" };

/** The artifact type that a manifest gives itself; nothing where it is a bundle that is no signature. */
export function artifactType(manifest: string): string {
  const read = readJson(manifest) as
    | { artifactType?: unknown; annotations?: Record<string, unknown> }
    | null
    | undefined;
  const type = typeof read?.artifactType === "string" ? read.artifactType : NAMELESS_TYPE;
  return type === SIGNATURE_TYPE && read?.annotations?.[SIGNED.key] !== SIGNED.value ? "" : type;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The attachments that an image lacks. */
export function missingAttachments(referrers: readonly Referrer[]): Attachment[] {
  const types = referrers.map(({ artifactType }) => artifactType);
  return (Object.keys(ATTACHMENTS) as Attachment[]).filter((name) => !types.includes(ATTACHMENTS[name].type));
}

/** An image that is in a registry, complete and signed, under its digest alone. */
export type Staged = {
  node: string;
  /** Registry, path and node, without a tag. */
  repository: string;
  parts: TagParts;
  contentDigest: string;
  digest: string;
  /** False where all of it was there already. */
  pushed: boolean;
};

/** Why an image is given no name. */
export function incomplete(image: string): string {
  return `publish: ${image} lacks what is attached to it, or a signature that is believed, expected all of it before it gets a name: call release for this node again`;
}

/** The error of a name that was there, and is not `seconds` later. */
export function vanished(reference: string, digest: string, seconds: number): string {
  return `publish: ${reference} was set, and ${seconds} s later found no such tag, expected it to name ${digest}: somebody deletes tags there; call it again when that has ended`;
}

/** What a call of publish did. */
export type Published = {
  node: string;
  version: string;
  repository: string;
  digest: string;
  contentDigest: string;
  /** False where everything was there already. */
  pushed: boolean;
  /** Every tag that points at the digest, the particular ones first. */
  references: string[];
};

/** What publish did, for people. */
export function publishedText(published: Published): string {
  const { node, version, digest, contentDigest, pushed, references } = published;
  const did = pushed ? "published" : "was published already with this content, nothing pushed";
  return `${[`${node} ${version} ${did}`, `  digest   ${digest}`, `  content  ${contentDigest}`, ...references.map((r) => `  ${r}`)].join("\n")}\n`;
}

/** The same for programs. */
export function publishedJson(published: Published): string {
  return `${JSON.stringify(published, undefined, 2)}\n`;
}

/** The same for several nodes. */
export function allPublishedJson(published: readonly Published[]): string {
  return `${JSON.stringify({ published }, undefined, 2)}\n`;
}
