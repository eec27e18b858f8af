import { HegemonikonError } from "../errors.js";
import { addressOf } from "../sources/address.js";
import type { DownloadSource, ImageSource, Sources } from "../sources/sources.js";

/** An image of sources.yaml, ready to be pulled. */
export type ImageReference = {
  /** Its name in sources.yaml. */
  source: string;
  /** `registry/repository:version`, with `@digest` where there is one. */
  address: string;
  /** True where it only stands in for the real thing. */
  standin: boolean;
};

/** A download of sources.yaml for one architecture. */
export type DownloadReference = { source: string; url: string; sha256: string | undefined; standin: boolean };

/** The image with a name in sources.yaml. Throws a HegemonikonError that names what is there instead. */
export function imageReference(sources: Sources, name: string): ImageReference {
  const source = named(sources, name, "image") as ImageSource;
  const pin = source.digest ? `@${source.digest}` : "";
  return { source: name, address: `${source.reference}:${source.version}${pin}`, standin: source.standin ?? false };
}

/** The download with a name in sources.yaml, for an architecture. Throws a HegemonikonError. */
export function downloadReference(sources: Sources, name: string, arch: "amd64" | "arm64"): DownloadReference {
  const source = named(sources, name, "download") as DownloadSource;
  return { source: name, url: addressOf(source, arch), sha256: sumOf(source, arch), standin: source.standin ?? false };
}

/** One address is one file, whatever the architecture its sum is noted for. */
export function sumOf({ url, sha256 }: DownloadSource, arch: "amd64" | "arm64"): string | undefined {
  return sha256[arch] ?? (url.includes("{arch}") ? undefined : (sha256.amd64 ?? sha256.arm64));
}

/** Where apt finds the archive at a moment, per distribution (ID in /etc/os-release). */
export type AptSnapshot = { source: string; distribution: string; url: string };

/** Every apt snapshot of sources.yaml; which of them applies is known once the base's os-release is read. */
export function aptSnapshots(sources: Sources): AptSnapshot[] {
  return Object.entries(sources.sources).flatMap(([name, source]) =>
    source.kind === "apt-snapshot"
      ? [
          {
            source: name,
            distribution: source.distribution,
            url: addressOf(source),
          },
        ]
      : [],
  );
}

function named(sources: Sources, name: string, kind: "image" | "download") {
  const source = sources.sources[name];
  if (source?.kind === kind) return source;
  const known = Object.entries(sources.sources)
    .filter(([, other]) => other.kind === kind)
    .map(([other]) => other);
  throw new HegemonikonError(
    source
      ? `sources.yaml: ${name} is of kind ${source.kind}, expected kind ${kind}`
      : `sources.yaml: there is no ${kind} named ${name}, expected one of: ${known.sort().join(", ") || "none"}`,
  );
}
