import type { Node } from "../node/node.js";
import { valueAt } from "../node/value-at.js";

/** The partitions that upgrades fill, and how large kairos-agent makes them for an image, all in MiB (v2.31.4, pkg/config/spec.go). */
export const UPGRADE_PARTITIONS: Readonly<Record<"state" | "recovery", (image: number) => number>> = {
  // the image that starts, the one before it, and the next one while it is written
  state: (image) => 3 * image + 1000,
  recovery: (image) => 2 * image + 200,
};

/** The size that a node tells the installer to give a partition, in MiB; undefined where the installer reckons it itself. */
export function toldPartition({ install }: { readonly install?: Node["install"] }, name: string): number | undefined {
  const size = valueAt(install, ["partitions", name, "size"]);
  return typeof size === "number" ? size : undefined;
}
