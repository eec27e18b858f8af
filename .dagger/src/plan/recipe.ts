import { emulatorBase } from "../boot/emulator-base.js";
import type { Node } from "../node/node.js";
import { installDefaults } from "./agent-files.js";
import { type Artefacts, artefacts } from "./artefacts.js";
import { type Head, headOf } from "./head.js";
import { downloadReference, type ImageReference, imageReference } from "./references.js";
import { type RoleEntry, type RoleInput, roleEntries } from "./role.js";
import { parseVersion } from "./version.js";

/** Everything that a build of one node decides, before anything is built. Plain data: the same files give an equal recipe. */
export type Recipe = {
  node: Node;
  /** The node's version, with a leading v; stamped in /etc/kairos-release. */
  version: string;
  /** The git revision of the files; empty where it is not known. Not part of the root file system. */
  revision: string;
  head: Head;
  role: RoleEntry[];
  /** What the role layer writes in /etc/kairos-release. */
  release: Record<string, string>;
  /** Makes the medium. */
  auroraboot: ImageReference;
  /** Lists what is in the image. */
  syft: ImageReference;
  /** What the emulator of a boot proof is installed in. Nothing of it is in the image. */
  emulator: ImageReference;
  /** The cloud-config that goes on the medium. */
  mediumConfig: string;
  artefacts: Artefacts;
  /** Every source used, by name; `standin` where it is no more than that. */
  used: UsedSource[];
};

/** A source as the manifest lists it. */
export type UsedSource = { name: string; address: string; digest: string | null; standin: boolean };

/** The recipe for a node. Throws a HegemonikonError where the files do not suffice. */
export function recipeOf(input: RoleInput & { version: string; revision: string }): Recipe {
  const { node, sources } = input;
  const version = parseVersion(input.version).text;
  const head = headOf(node, sources);
  const auroraboot = imageReference(sources, "auroraboot");
  const syft = imageReference(sources, "syft");
  const role = roleEntries(input);
  return {
    node,
    version,
    revision: input.revision,
    head,
    role,
    release: releaseKeys(input, version),
    auroraboot,
    syft,
    emulator: emulatorBase(sources, node.base),
    mediumConfig: mediumConfig(node),
    artefacts: artefacts(node, version),
    used: usedSources(input, [head.base, head.kairosInit, auroraboot, syft]),
  };
}

/** The keys of /etc/kairos-release that hold a node's version. */
export function versionKeys(version: string): Record<string, string> {
  return { KAIROS_VERSION: version, KAIROS_RELEASE: version };
}

function releaseKeys({ node, sources }: RoleInput, version: string): Record<string, string> {
  const release: Record<string, string> = versionKeys(version);
  if (node.kubernetes) {
    // What kairos-init would have written had it fetched the binary itself, from the network and unpinned.
    release.KAIROS_VARIANT = "standard";
    release.KAIROS_SOFTWARE_VERSION = sources.sources[node.kubernetes.source]?.version ?? "";
    release.KAIROS_SOFTWARE_VERSION_PREFIX = node.kubernetes.distribution;
  }
  return release;
}

/**
 * AuroraBoot puts a user kairos with the password kairos on a medium that is given no cloud-config. What this one holds
 * is copied to /oem by the installer and outlives every upgrade: so it holds the installation's settings and no role.
 */
function mediumConfig(node: Node): string {
  return installDefaults(node);
}

function usedSources({ node, sources }: RoleInput, images: ImageReference[]): UsedSource[] {
  const names = new Set([
    ...images.map(({ source }) => source),
    ...node.containers.map(({ source }) => source),
    ...node.trees.map(({ source }) => source),
    ...node.binaries.map(({ source }) => source),
    ...(node.kubernetes ? [node.kubernetes.source] : []),
  ]);
  return [...names].sort().flatMap((name) => {
    const source = sources.sources[name];
    if (!source) return [];
    if (source.kind === "image") {
      const address = `${source.reference}:${source.version}`;
      return [{ name, address, digest: source.digest ?? null, standin: source.standin ?? false }];
    }
    if (source.kind === "download") {
      const { url, sha256, standin } = downloadReference(sources, name, node.arch);
      return [{ name, address: url, digest: sha256 ? `sha256:${sha256}` : null, standin }];
    }
    return [];
  });
}
