import { stringify } from "yaml";
import type { Node } from "../node/node.js";
import { sizeInMiB } from "../node/size.js";
import type { WrittenEntry } from "./role.js";
import { toldPartition, UPGRADE_PARTITIONS } from "./upgrade-partitions.js";

/** What kairos-agent reads of an image, and the build writes into each of them. */
export const AGENT_FILES = {
  settings: "/etc/kairos/agent.yaml",
  install: "/etc/kairos/90_install.yaml",
  upgrade: "/etc/kairos/91_upgrade.yaml",
} as const;

/**
 * The agent's own settings (v2.31.4, internal/agent/config.go): beside its cloud-configs and none of them, so without their first
 * line. Its web installer listens on port 8080 wherever a medium runs live, and erases a disk for whoever asks, without a password;
 * and it reads nothing of /etc/kairos, so that what it installs would lack the partitions of node.yaml.
 */
const SETTINGS = "# No web installer: it asks nobody for a password.\nwebui:\n  disable: true\n";

/** The files of /etc/kairos that every image has. */
export function agentEntries(node: Pick<Node, "name" | "medium" | "install" | "budgets">): WrittenEntry[] {
  const text = (path: string, content: string) => ({ kind: "text" as const, path, mode: 0o644, text: content });
  // kairos-agent reads /etc/kairos after the medium's own files: an `auto: false` here, which is no more than what its absence
  // says, would undo the `auto: true` of the machine's owner.
  const { auto, ...others } = node.install;
  const install = auto === false ? others : node.install;
  return [
    text(AGENT_FILES.settings, SETTINGS),
    text(AGENT_FILES.install, installDefaults({ ...node, install })),
    text(AGENT_FILES.upgrade, upgradeDefaults(node)),
  ];
}

/**
 * How large the file of the next image is made, in MiB: as large as the budget, for which the partitions were made
 * (node/upgrades-fit). Of its own accord the agent takes 3072 or, if that is more, 2.5 times the compressed layers and 100
 * (pkg/config/spec.go), whereas ours are compressed to a third: a larger image would end for want of space while it is copied. It
 * takes the larger one of the two (kairos-agent#587). What the image does not fill costs an upgrade no disk: the file is sparse.
 * A reset copies the recovery system's file twice into the partition `state`, holes written out (action/reset.go). One as large as
 * the budget would end it for want of space where the installer made that partition for a small image: there it is left to the agent.
 * An installation keeps these values in /oem with the others that it read, so they stay those of the partitions.
 */
function upgradeDefaults(node: Pick<Node, "name" | "medium" | "install" | "budgets">): string {
  const size = sizeInMiB(node.budgets.image);
  const upgrade = { system: { size }, ...(canBeReset(node, size) ? { "recovery-system": { size } } : {}) };
  return `#cloud-config\n# Room for an image as large as budgets.image of nodes/${node.name}/node.yaml, in MiB.\n${stringify({ upgrade })}`;
}

/**
 * Whether a reset of the machine has room for a recovery image of so many MiB. AuroraBoot (v0.26.2) gives the partition `state` of
 * a RAW six times its image and 2350 MiB, which is enough for 4 GiB from an image of 1 GiB on.
 */
function canBeReset(node: Pick<Node, "medium" | "install">, image: number): boolean {
  return node.medium === "raw" || (toldPartition(node, "state") ?? 0) >= UPGRADE_PARTITIONS.state(image);
}

/** The installer's defaults, as Kairos reads them: a cloud-config with an install block and nothing else. */
export function installDefaults(node: Pick<Node, "name" | "install">): string {
  return `#cloud-config\n# Defaults of the installation, from nodes/${node.name}/node.yaml.\n${stringify({ install: node.install })}`;
}
