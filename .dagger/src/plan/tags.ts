import type { Node } from "../node/node.js";
import type { Source } from "../sources/sources.js";
import { compareVersions, readVersion, type Version } from "./version.js";

/** What the tags of one image are made of. */
export type TagParts = {
  /** The release of the distribution, Kairos' FLAVOR_RELEASE: `24.04`. */
  flavorRelease: string;
  /** Kairos' VARIANT: `standard` with Kubernetes, `core` without. */
  variant: "core" | "standard";
  arch: string;
  model: string;
  version: Version;
  /** Name and version of the Kubernetes distribution, `{ name: "k0s", version: "v1.34.10+k0s.0" }`. */
  kubernetes?: { name: string; version: string };
};

/** The tags an image gets. */
export type Tags = {
  /** Kairos' own scheme. Never moves. (`kairos-agent upgrade list-releases` reads it, but in REGISTRY/FLAVOR alone.) */
  kairos: string;
  /** The plain version. Never moves. */
  version: string;
  /** The channels this version is the newest of: they move to it. */
  channels: string[];
};

/** A tag may not hold a plus sign; Kairos writes a dash in its place. */
export function tagText(text: string): string {
  return text.replaceAll("+", "-");
}

/** The parts of a node's tags. Expects that base and Kubernetes source exist: `check` refuses a node where not. */
export function tagParts(node: Node, sources: Readonly<Record<string, Source>>, version: Version): TagParts {
  const base = sources[node.base];
  const kubernetes = node.kubernetes && sources[node.kubernetes.source];
  return {
    flavorRelease: base?.kind === "image" ? base.version : "",
    variant: node.kubernetes ? "standard" : "core",
    arch: node.arch,
    model: node.model,
    version,
    ...(node.kubernetes && kubernetes
      ? { kubernetes: { name: node.kubernetes.distribution, version: kubernetes.version } }
      : {}),
  };
}

/** Kairos' tag: FLAVOR_RELEASE-VARIANT-ARCH-MODEL-VERSION, then the Kubernetes distribution and its version. */
export function kairosTag(parts: TagParts): string {
  const { flavorRelease, variant, arch, model, version, kubernetes } = parts;
  const plain = `${flavorRelease}-${variant}-${arch}-${model}-${version.text}`;
  return tagText(kubernetes ? `${plain}-${kubernetes.name}${kubernetes.version}` : plain);
}

/**
 * The channels a version belongs to. A release: `latest`, its major and its minor. A pre-release: only the channel it is
 * named after (`v1.3.0-rc.1`, `-rc1` and `-rc-1`: rc), or `next` where it has no name, so that nobody is upgraded to it who did
 * not ask. One with build metadata moves none: as a tag v1.2.3+5 is v1.2.3-5, a pre-release to whoever reads the tags, who
 * would move `latest` back behind it.
 */
export function channels(version: Version): string[] {
  if (version.build !== "") return [];
  if (version.prerelease.length === 0) return ["latest", `v${version.major}`, `v${version.major}.${version.minor}`];
  const name = version.prerelease[0]?.toLowerCase().replace(/[\d-]+$/, "") ?? "";
  return [/^[a-z][a-z-]{0,30}$/.test(name) && name !== "latest" && name !== "v" ? name : "next"];
}

/**
 * The tags for a version where others are published already: a channel moves only to the newest of its versions, so
 * that a repaired old release does not turn `latest` back.
 * @param published every tag in the repository; those that are no version do not count, those with a dash are pre-releases
 */
export function tags(parts: TagParts, published: readonly string[]): Tags {
  const others = published.map(readVersion).filter((version) => version !== undefined);
  const newest = channels(parts.version).filter((channel) =>
    others.every((other) => !channels(other).includes(channel) || compareVersions(other, parts.version) <= 0),
  );
  return { kairos: kairosTag(parts), version: tagText(parts.version.text), channels: newest };
}

/** The tag of the newest version of a channel that is newer than one; undefined where there is none. */
export function newerIn(channel: string, than: Version, published: readonly string[]): string | undefined {
  const versions = published.map(readVersion).filter((version) => version !== undefined);
  const newer = versions.filter((version) => channels(version).includes(channel) && compareVersions(version, than) > 0);
  const newest = newer.sort(compareVersions).at(-1);
  return newest && tagText(newest.text);
}
