import type { AptSnapshotSource, DownloadSource, ImageSource } from "./sources.js";

/** What a container engine takes: `registry/repository:tag@sha256:…`; the tag is for people, the digest counts. */
export function imageReference(source: Pick<ImageSource, "reference" | "version" | "digest">): string {
  const tagged = `${source.reference}:${source.version}`;
  return source.digest ? `${tagged}@${source.digest}` : tagged;
}

/** The address of a download for one architecture, and the sha256 its bytes must have, where that is known. */
export function download(source: DownloadSource, arch: "amd64" | "arm64"): { url: string; sha256?: string } {
  const url = source.url.replaceAll("{version}", encodeURIComponent(source.version)).replaceAll("{arch}", arch);
  const sha256 = source.sha256[arch];
  return sha256 ? { url, sha256 } : { url };
}

/** The address of the apt archive at its moment. */
export function snapshotUrl(source: Pick<AptSnapshotSource, "url" | "version">): string {
  return source.url.replaceAll("{version}", source.version);
}
