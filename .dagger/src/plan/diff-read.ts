import { HegemonikonError } from "../errors.js";
import { parseContent } from "../manifest/content.js";
import type { Contents, Package } from "./diff.js";
import { parseJson } from "./read-json.js";
import type { BuildManifest } from "./release-manifest.js";

/**
 * The Debian packages of a CycloneDX SBOM, from their purls (`pkg:deb/ubuntu/bash@5.2-1?arch=amd64`).
 * @param name how the file is called in an error
 */
export function packagesOfSbom(name: string, text: string): Package[] {
  const sbom = parseJson(name, text, "a CycloneDX SBOM in JSON");
  const components = (sbom as { components?: unknown } | null)?.components;
  if (!Array.isArray(components)) {
    throw new HegemonikonError(`${name}: found no list named components, expected a CycloneDX SBOM`);
  }
  return components.flatMap((component: unknown): Package[] => {
    const purl = (component as { purl?: unknown } | null)?.purl;
    const match = typeof purl === "string" ? /^pkg:deb\/[^/]+\/([^@?]+)@([^?#]+)(?:\?([^#]*))?/.exec(purl) : null;
    if (!match) return [];
    const arch = new URLSearchParams(match[3] ?? "").get("arch") ?? "";
    return [{ name: decodeURIComponent(match[1] as string), version: decodeURIComponent(match[2] as string), arch }];
  });
}

/** Packages as one compares them: name and version. */
export function packageNames(packages: readonly Package[]): string[] {
  return packages.map(({ name, version }) => `${name} ${version}`);
}

/** What a build's manifest and content listing say it holds. `name` is what it is called in the comparison. */
export function contentsOf(name: string, manifest: BuildManifest, listing: string): Contents {
  const { version, revision, contentDigest, packages, kernel, sources, sizes } = manifest;
  return {
    name,
    version,
    revision,
    contentDigest,
    packages,
    kernel,
    entries: entriesOf(listing),
    sources: new Map(sources.map(({ name, address, digest }) => [name, sourceText(address, digest ?? "")])),
    sizes: {
      ...(sizes.image === undefined ? {} : { image: sizes.image }),
      ...(sizes.medium === undefined ? {} : { medium: sizes.medium }),
    },
  };
}

/** Path to everything that the listing says of it. */
function entriesOf(listing: string): Map<string, string> {
  return new Map(
    parseContent(listing).map(({ path, type, mode, owner, bytes, content }) => [
      path,
      [type, mode, owner, bytes, content].join(" "),
    ]),
  );
}

/** An image's tag or a download's file name, with the start of its digest: as much as tells two versions apart. */
function sourceText(address: string, digest: string): string {
  const last = address.split("/").at(-1) ?? address;
  const tag = /:([^:@/]+)(@.*)?$/.exec(last)?.[1] ?? last;
  return digest ? `${tag} (${digest.replace(/^sha256:/, "").slice(0, 12)})` : tag;
}
