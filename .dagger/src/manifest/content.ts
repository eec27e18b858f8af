import { createHash } from "node:crypto";

/**
 * One line of the canonical listing that media/scripts/content.sh writes; the mode ends in `+cap:` and its bytes where the
 * file has a capability.
 */
export type Entry = { type: string; mode: string; owner: string; bytes: number; content: string; path: string };

/** What the listing says as a whole. */
export type ContentSummary = { digest: string; paths: number; bytes: number };

/** The entries of a listing, in its order. */
export function parseContent(listing: string): Entry[] {
  return listing
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [type = "", mode = "", owner = "", size = "", content = "", ...path] = line.split("\t");
      return { type, mode, owner, bytes: size === "-" ? 0 : Number(size), content, path: path.join("\t") };
    });
}

/** The content digest is the sha256 of the listing itself. */
export function summarize(listing: string): ContentSummary {
  const entries = parseContent(listing);
  return {
    digest: `sha256:${createHash("sha256").update(listing).digest("hex")}`,
    paths: entries.length,
    bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
  };
}

/** The paths with the largest files, largest first: what to look at when an image is too large. */
export function largest(listing: string, count: number): { path: string; bytes: number }[] {
  return parseContent(listing)
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1))
    .slice(0, count)
    .map(({ path, bytes }) => ({ path, bytes }));
}

/** A path in which two listings differ. */
export type PathDifference = { path: string; change: "added" | "removed" | "changed"; what: string };

/** Where two listings differ, by path; empty where their digests agree. */
export function differences(before: string, after: string): PathDifference[] {
  const [old, now] = [byPath(before), byPath(after)];
  const found: PathDifference[] = [];
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(path), now.get(path)];
    if (!a || !b) {
      found.push({ path, change: a ? "removed" : "added", what: (a ?? (b as Entry)).type });
      continue;
    }
    const fields = (["type", "mode", "owner", "bytes", "content"] as const).filter((field) => a[field] !== b[field]);
    if (fields.length > 0) {
      found.push({ path, change: "changed", what: fields.map((f) => `${f} ${a[f]} -> ${b[f]}`).join(", ") });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function byPath(listing: string): Map<string, Entry> {
  return new Map(parseContent(listing).map((entry) => [entry.path, entry]));
}
