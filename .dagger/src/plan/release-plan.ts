import { MIB } from "../node/size.js";
import { channels } from "./tags.js";
import { compareVersions, readVersion } from "./version.js";

/** What a release is checked against before anything is built. */
export type ReleaseInput = {
  tag: string;
  /** Every tag of the repository. */
  tags: readonly string[];
  /** The commit that the tag names; empty where there is no such tag. */
  tagged: string;
  head: string;
  /** Whether the working tree is what HEAD has; the files in which it is not. */
  clean: boolean;
  changed: readonly string[];
  /** The files that are built and that HEAD does not have. */
  uncommitted: readonly string[];
};

/** The channel of what is published at each push to main (.github/workflows/ci.yaml). */
const CI_CHANNEL = "edge";

/** Everything in the repository that forbids a release. */
export function releaseProblems({ tag, tags, tagged, head, clean, changed, uncommitted }: ReleaseInput): string[] {
  const version = readVersion(tag);
  const problems: string[] = [];
  if (!version || version.text !== tag) {
    problems.push(
      `tag: found ${JSON.stringify(tag)}, expected a semantic version with a leading v, e.g. v1.2.3 or v1.2.3-rc.1`,
    );
  } else if (version.build !== "") {
    problems.push(
      `tag: found ${tag}, expected a version without build metadata (+${version.build}): a registry's tag has no plus sign, and no channel would follow it`,
    );
  } else if (channels(version).includes(CI_CHANNEL)) {
    problems.push(
      `tag: found ${tag}, expected another name than ${CI_CHANNEL}: that channel is of what CI publishes from main, as v0.0.0-${CI_CHANNEL}.N, and would stay at this one`,
    );
  } else if (!tags.includes(tag)) {
    problems.push(`tag: found no ${tag} in this repository, expected it on HEAD: git tag ${tag}`);
  } else if (tagged !== head) {
    problems.push(
      `tag: found ${tag} on ${tagged.slice(0, 12)}, expected it on HEAD, ${head.slice(0, 12)}: check it out first`,
    );
  }
  if (!clean) {
    const [some, more] = [changed.slice(0, 5).join(", "), changed.length - 5];
    problems.push(
      `working tree: found changes that are not committed (${some}${more > 0 ? ` and ${more} more` : ""}), expected none: what is released is what the tag names. Where git status shows none, a file's lines end in CR LF here and in LF in git: rm FILE && git checkout -- FILE`,
    );
  } else {
    // What git ignores is no change to it, and is built all the same.
    for (const path of uncommitted) {
      problems.push(
        `working tree: found ${path}, which git ignores, expected all that is built to be committed: git add --force ${path}, or another rule in .gitignore`,
      );
    }
  }
  return problems;
}

/**
 * The tags that a new release may be compared with, the newest first: for a release the releases before it, for a pre-release
 * all versions before it. What has build metadata was never one (release refuses it). A tag alone is no release: that run may have failed, or was of other nodes.
 */
export function earlierReleases(tag: string, tags: readonly string[]): string[] {
  const current = readVersion(tag);
  if (!current) return [];
  return tags
    .flatMap((name) => {
      const version = readVersion(name);
      return version && version.text === name && version.build === "" ? [version] : [];
    })
    .filter((version) => compareVersions(version, current) < 0)
    .filter((version) => current.prerelease.length > 0 || version.prerelease.length === 0)
    .sort((a, b) => compareVersions(b, a))
    .map(({ text }) => text);
}

/** Largest asset that GitHub takes is one byte less than 2 GiB; parts are 1900 MiB, so that they fit elsewhere, too. */
export const ASSET_LIMIT = 2 * 1024 ** 3;
export const PART_SIZE = 1900 * MIB;

/** A medium as it is released: whole, or in parts with the command that joins and checks them. */
export type ReleasedMedium = {
  name: string;
  bytes: number;
  parts: number;
  /** Bytes of each part but the last. */
  partSize: number;
  join: string | undefined;
};

/**
 * How a medium is released. It is compressed already: an ISO holds a compressed file system, a RAW is a .zst. The command
 * finds the checksums under their name in the folder and under the one that they have as an asset of a GitHub release,
 * where every node's lie beside each other.
 */
export function releasedMedium(name: string, bytes: number, limit = ASSET_LIMIT, part = PART_SIZE): ReleasedMedium {
  if (bytes < limit) return { name, bytes, parts: 1, partSize: part, join: undefined };
  const parts = Math.ceil(bytes / part);
  return {
    name,
    bytes,
    parts,
    partSize: part,
    join: `cat ${name}.part-* > ${name} && grep -h ' ${name}$' *SHA256SUMS | sha256sum --check`,
  };
}
