import { HegemonikonError } from "../errors.js";

/** A semantic version (semver.org 2.0.0), written with a leading v as git tags are. */
export type Version = {
  /** As it is written everywhere in this project: `v1.2.3-rc.1+build.5`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The identifiers of the pre-release part; empty for a release. */
  readonly prerelease: readonly string[];
  /** The build metadata, which says nothing about order. */
  readonly build: string;
};

/** The version of a build that is given none. */
export const DEV_VERSION = "v0.0.0-dev";

/** The expression that semver.org suggests, with an optional leading v. */
const PATTERN =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/**
 * A label of Kubernetes ends here, and a registry's tag at 128, with distribution, model and Kubernetes around the version:
 * a longer one is of no use to anyone.
 */
const MAX_LENGTH = 64;

/** Reads a version; undefined where the text is none. */
export function readVersion(text: string): Version | undefined {
  const match = text.length > MAX_LENGTH ? null : PATTERN.exec(text);
  if (!match) return undefined;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (![major, minor, patch].every(Number.isSafeInteger)) return undefined;
  return {
    text: text.startsWith("v") ? text : `v${text}`,
    major,
    minor,
    patch,
    prerelease: match[4]?.split(".") ?? [],
    build: match[5] ?? "",
  };
}

/** Why the `version` of a call is none, in one sentence; empty where it is one. */
export function versionProblems(text: string): string[] {
  if (readVersion(text)) return [];
  return [
    `version: found ${JSON.stringify(text)}, expected a semantic version of at most ${MAX_LENGTH} characters, e.g. v1.2.3 or v1.2.3-rc.1`,
  ];
}

/** Reads a version. Throws an error that shows what was found and what would have been right. */
export function parseVersion(text: string): Version {
  const version = readVersion(text);
  if (!version) throw new HegemonikonError(versionProblems(text).join("\n"));
  return version;
}

/** Negative where a comes before b, positive where it comes after, 0 where the order says nothing. */
export function compareVersions(a: Version, b: Version): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (core !== 0) return core;
  // A pre-release comes before its release.
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (let i = 0; i < Math.max(a.prerelease.length, b.prerelease.length); i++) {
    const order = compareIdentifiers(a.prerelease[i], b.prerelease[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [aNumber, bNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aNumber && bNumber) return a.length - b.length || (a < b ? -1 : 1);
  if (aNumber !== bNumber) return aNumber ? -1 : 1;
  return a < b ? -1 : 1;
}
