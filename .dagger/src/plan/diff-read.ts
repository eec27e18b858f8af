import { HegemonikonError } from "../errors.js";
import type { Package } from "./diff.js";

/**
 * The Debian packages of a CycloneDX SBOM, from their purls (`pkg:deb/ubuntu/bash@5.2-1?arch=amd64`).
 * @param name how the file is called in an error
 */
export function packagesOfSbom(name: string, text: string): Package[] {
  let sbom: unknown;
  try {
    sbom = JSON.parse(text);
  } catch {
    throw new HegemonikonError(
      `${name}: found ${JSON.stringify(text.slice(0, 40))}, expected a CycloneDX SBOM in JSON`,
    );
  }
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

/**
 * The entries of a content listing: path to type, mode, owner and content, as one text.
 * A line is TYPE, MODE, UID:GID, SIZE, CONTENT and PATH, with tabs between them (media/scripts/content.sh writes it).
 * @param name how the listing is called in an error
 */
export function entriesOfListing(name: string, text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const [type, mode, owner, size, content, ...path] = line.split("\t");
    if (path.length === 0 || !/^[a-zA-Z]$/.test(type ?? "")) {
      const found = JSON.stringify(line.slice(0, 60));
      throw new HegemonikonError(
        `${name}:${i + 1}: found ${found}, expected TYPE MODE UID:GID SIZE CONTENT PATH with tabs`,
      );
    }
    entries.set(path.join("\t"), `${type} ${mode} ${owner} ${size} ${content}`);
  }
  return entries;
}
