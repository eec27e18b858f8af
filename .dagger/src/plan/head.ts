import type { Node } from "../node/node.js";
import type { Sources } from "../sources/sources.js";
import { type AptSnapshot, aptSnapshots, type ImageReference, imageReference } from "./references.js";

/**
 * What stands below a role: the base, apt, Kairos' own packages and kernel, the node's packages, the initrd. Nodes with
 * equal heads share every one of these layers; nodes that differ in packages only share all but the last two.
 */
export type Head = {
  base: ImageReference;
  platform: "linux/amd64" | "linux/arm64";
  snapshots: AptSnapshot[];
  kairosInit: ImageReference;
  model: string;
  /** Sorted and without repetition, so that the order in node.yaml does not matter. */
  packages: string[];
};

/** The head of a node. Throws a HegemonikonError where sources.yaml lacks what it needs. */
export function headOf(node: Node, sources: Sources): Head {
  return {
    base: imageReference(sources, node.base),
    platform: `linux/${node.arch}`,
    snapshots: aptSnapshots(sources),
    kairosInit: imageReference(sources, "kairos-init"),
    model: node.model,
    packages: [...new Set(node.packages)].sort(),
  };
}

/** One line a snapshot: `distribution url`. apt-sources.sh picks the one of the base's distribution. */
export function snapshotTable(head: Pick<Head, "snapshots">): string {
  return head.snapshots.map(({ distribution, url }) => `${distribution} ${url}\n`).join("");
}
