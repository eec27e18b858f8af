import { createHash } from "node:crypto";
import { HegemonikonError } from "../errors.js";

/** A file of an OCI image layout that replaces one, or is new. */
export type LayoutFile = { path: string; text: string };

/** What is pushed: the digest of the manifest, and the files that make the layout hold it. */
export type Annotated = { digest: string; files: LayoutFile[] };

/** The digest of the only image in an OCI layout. */
export function onlyManifest(index: string): string {
  const parsed = readJson("index.json", index) as { manifests?: { digest?: unknown; mediaType?: unknown }[] };
  const manifests = Array.isArray(parsed?.manifests) ? parsed.manifests : [];
  const digest = manifests[0]?.digest;
  if (manifests.length !== 1 || typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new HegemonikonError(
      `index.json: found ${manifests.length} images in the archive, expected one with a sha256 digest`,
    );
  }
  return digest;
}

/** Where a layout keeps what has a digest. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/**
 * Gives the image of a layout annotations. Layers and configuration stay as they are: what is tested and what is
 * published differ in nothing but what the manifest says about them. Equal input gives an equal digest.
 */
export function annotate(manifest: string, annotations: readonly (readonly [string, string])[]): Annotated {
  const parsed = readJson("manifest", manifest) as Record<string, unknown>;
  const before = (parsed.annotations ?? {}) as Record<string, string>;
  const merged = Object.fromEntries(
    [...Object.entries(before), ...annotations].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  const text = JSON.stringify({ ...parsed, annotations: merged });
  const mediaType =
    typeof parsed.mediaType === "string" ? parsed.mediaType : "application/vnd.oci.image.manifest.v1+json";
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{ mediaType, digest, size: Buffer.byteLength(text) }],
  };
  return {
    digest,
    files: [
      { path: blobPath(digest), text },
      { path: "index.json", text: JSON.stringify(index) },
    ],
  };
}

function readJson(name: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch {
    // Said below.
  }
  throw new HegemonikonError(`${name}: found ${JSON.stringify(text.slice(0, 40))}, expected JSON of an OCI image`);
}
