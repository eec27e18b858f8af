import { isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import { HegemonikonError } from "../errors.js";
import type { ParsedYaml } from "../yaml/parse.js";
import { addressOf } from "./address.js";
import { newerMidnights } from "./snapshot-moments.js";
import type { Sources } from "./sources.js";

/** Something whose content is to be looked up: an image by its tag, or a file by its address. */
export type Lookup =
  | { kind: "image"; source: string; address: string }
  | { kind: "file"; source: string; arch: "amd64" | "arm64"; address: string };

/** An apt snapshot that is to be moved, and where to, the best moment first. Its address has {version} in it. */
export type Move = {
  kind: "snapshot";
  source: string;
  address: string;
  suite?: string | undefined;
  moments: readonly string[];
};

/** What was asked, and what it gave: a digest with `sha256:` in front, a moment, or why there is none. */
export type Found =
  | (Lookup & { digest: string })
  | (Move & { moment: string })
  | ((Lookup | Move) & { failure: string });

const ARCHES = ["amd64", "arm64"] as const;

/**
 * Everything in sources.yaml that a digest can pin. An address without {arch} is one file: every sum that is noted of it is
 * looked up, or an old one would be left beside the new one; where there is none, it is noted for amd64.
 */
export function lookups(sources: Sources): Lookup[] {
  return Object.entries(sources.sources).flatMap(([source, entry]): Lookup[] => {
    if (entry.kind === "image") return [{ kind: "image", source, address: `${entry.reference}:${entry.version}` }];
    if (entry.kind !== "download") return [];
    const noted = ARCHES.filter((arch) => entry.url.includes("{arch}") || entry.sha256[arch]);
    return (noted.length > 0 ? noted : (["amd64"] as const)).map((arch) => {
      const address = addressOf(entry, arch);
      return { kind: "file", source, arch, address };
    });
  });
}

/**
 * Every apt snapshot that there may be a newer moment for.
 * @param now in ms since 1970
 */
export function moves(sources: Sources, now: number): Move[] {
  return Object.entries(sources.sources).flatMap(([source, entry]): Move[] => {
    if (entry.kind !== "apt-snapshot") return [];
    const moments = newerMidnights(now, entry.version);
    return moments.length > 0 ? [{ kind: "snapshot", source, address: entry.url, suite: entry.suite, moments }] : [];
  });
}

/**
 * sources.yaml with every digest and moment found. Only these change: comments, order and spelling stay byte for byte. Throws a
 * HegemonikonError that names everything that could not be looked up: a half locked file would look like a locked one.
 */
export function locked(yaml: ParsedYaml, found: readonly Found[]): string {
  const failed = found.flatMap((one) => ("failure" in one ? [`  ${one.source}: ${one.address}: ${one.failure}`] : []));
  if (failed.length > 0) {
    throw new HegemonikonError(
      [`lock: ${failed.length} of ${found.length} could not be looked up, nothing was changed:`, ...failed].join("\n"),
    );
  }
  const edits = found.flatMap((one) =>
    "digest" in one ? [edit(yaml, one, one.digest)] : "moment" in one ? [moved(yaml, one)] : [],
  );
  // From the end, so that earlier places stay where they are; at one place, the first comes first.
  return edits
    .map((change, order) => ({ ...change, order }))
    .sort((a, b) => b.from - a.from || b.order - a.order)
    .reduce((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), yaml.text);
}

type Edit = { from: number; to: number; insert: string };

function moved(yaml: ParsedYaml, { source, moment }: Move & { moment: string }): Edit {
  const change = replaced(yaml.doc?.getIn(["sources", source]) as YAMLMap, "version", moment);
  if (!change) throw new HegemonikonError(`${yaml.file}: ${source}: found no version to replace`);
  return change;
}

function edit(yaml: ParsedYaml, lookup: Lookup, digest: string): Edit {
  const entry = yaml.doc?.getIn(["sources", lookup.source]) as YAMLMap;
  if (entry.flow && !pair(entry, lookup.kind === "image" ? "digest" : "sha256")) {
    throw new HegemonikonError(
      `${yaml.file}: ${lookup.source}: found an entry written as { … }, expected a line for each key`,
    );
  }
  if (lookup.kind === "image") {
    return (
      replaced(entry, "digest", digest) ??
      insertedBelow(yaml.text, entry, "version", (indent) => `${indent}digest: ${digest}`)
    );
  }
  const sum = digest.replace(/^sha256:/, "");
  const sums = pair(entry, "sha256")?.value;
  if (isMap(sums) && !sums.flow && sums.items.length > 0) {
    const last = String((sums.items.at(-1) as Pair<{ value: string }>).key?.value);
    return (
      replaced(sums, lookup.arch, sum) ??
      insertedBelow(yaml.text, sums, last, (indent) => `${indent}${lookup.arch}: ${sum}`)
    );
  }
  if (sums) {
    throw new HegemonikonError(
      `${yaml.file}: ${lookup.source}: found sha256 written in one line, expected one line an architecture`,
    );
  }
  // Two architectures of one file make the mapping together: the first brings its key.
  const first = lookup.arch === "amd64";
  return insertedBelow(
    yaml.text,
    entry,
    "version",
    (indent) => `${first ? `${indent}sha256:\n` : ""}${indent}  ${lookup.arch}: ${sum}`,
  );
}

function replaced(map: YAMLMap, key: string, value: string): Edit | undefined {
  const old = pair(map, key)?.value;
  const range = isScalar(old) ? old.range : undefined;
  return range ? { from: range[0], to: range[1], insert: value } : undefined;
}

function insertedBelow(text: string, map: YAMLMap, key: string, line: (indent: string) => string): Edit {
  const above = pair(map, key);
  const [start, end] = [rangeOf(above?.key)?.[0] ?? 0, rangeOf(above?.value)?.[1] ?? 0];
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const eol = text.indexOf("\n", end);
  const at = eol === -1 ? text.length : eol;
  return { from: at, to: at, insert: `\n${line(indent)}` };
}

function pair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key) as Pair | undefined;
}

function rangeOf(node: unknown): [number, number, number] | undefined {
  return (node as { range?: [number, number, number] } | undefined)?.range;
}
