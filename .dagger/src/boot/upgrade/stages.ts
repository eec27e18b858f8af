import type { Node } from "../../node/node.js";
import { stageArguments } from "../machine.js";
import {
  INSTALL_SECONDS,
  INSTALLED_IMAGES,
  KERNEL,
  POWERDOWN_SECONDS,
  REPORT_SECONDS,
  ROLE_CHECK,
  roleSeconds,
  type Stage,
  UNATTENDED,
} from "../stages.js";
import { UpgradeFault } from "./fault.js";
import { brokenAssertion, type Variant, variantAssertions, variantName, variantVersion } from "./variants.js";

/** The disk of the machine that is upgraded. */
const DISK = "/vm/disk.qcow2";

/** Where the registry answers, seen from the guest: the host of QEMU's user network. Private, so without TLS. */
const REGISTRY = "10.0.2.2:5000";

/** How long the test's machine waits for its gate (files/patience.conf); others wait 15 min. */
export const AWAIT_SECONDS = 180;

/** The image is fetched, unpacked to the disk, and the machine shut down. */
const UPGRADE_SECONDS = 600;

/**
 * How often a kernel that panics may be tried: kairos-agent 2.31 has GRUB start the new image once whatever comes, which
 * GRUB's own assessment does not count; so it tries once more before it gives up.
 */
const PANICS = 2;

/** A variant's path in a registry. */
export function variantPath(node: Pick<Node, "name">, variant: Variant): string {
  return `${node.name}:${variantName(variant)}`;
}

/** The machine's way to the first version. */
export function installStage(): Stage {
  return {
    name: "01-install",
    title: "Unattended installation of the version before",
    ends: "exit",
    seconds: INSTALL_SECONDS,
    expect: [KERNEL],
    arguments: stageArguments({ medium: UNATTENDED, disk: DISK, once: true, silent: true }),
    powerdown: false,
    images: INSTALLED_IMAGES,
  };
}

/** The upgrade, and for each fault an upgrade to an image that has it, and the way back. One boot of the machine each. */
export function upgradeStages(node: Node, version: string, faults: UpgradeFault[]): Stage[] {
  // The one that panics is last: where it comes back, the machine may restart, and so could not end a stage by it.
  const order = Object.values(UpgradeFault).filter((fault) => faults.includes(fault));
  const stages: Stage[] = [];
  const add = (name: string, stage: Omit<Stage, "name">) =>
    stages.push({ name: `${String(stages.length + 2).padStart(2, "0")}-${name}`, ...stage });
  /** A boot that proves a role, and then upgrades to the next variant where there is one. */
  const proves = (variant: Variant, next: Variant | undefined): Omit<Stage, "name" | "title"> => ({
    ends: next ? "exit" : "done",
    // The gate that judges an upgrade runs every assertion before role-check does.
    seconds: ROLE_CHECK.seconds + 2 * roleSeconds({ assertions: variantAssertions(node, variant) }) + REPORT_SECONDS,
    expect: [KERNEL, ROLE_CHECK],
    arguments: stageArguments({ disk: DISK, once: true, upgrades: next !== undefined }),
    powerdown: false,
    boots: "active",
    assertions: variantAssertions(node, variant),
    version: variantVersion(version, variant),
    ...(next ? { upgrade: { reference: `${REGISTRY}/${variantPath(node, next)}`, seconds: UPGRADE_SECONDS } } : {}),
  });

  add("before", { ...proves("before", "after"), title: "The version before; then the upgrade" });
  add("after", {
    ...proves("after", order[0]),
    title: `The version upgraded to${order[0] ? `; then the upgrade to one whose ${WORDS[order[0]]}` : ""}`,
    says: [`to ${variantVersion(version, "after")} is good`],
  });
  order.forEach((fault, at) => {
    const next = order[at + 1];
    if (fault !== UpgradeFault.Panic) {
      add(`${variantName(fault)}-fails`, {
        title: `The version whose ${WORDS[fault]}`,
        // It restarts by itself, once the gate has found its role not proven, or was not reached.
        ends: "exit",
        seconds: brokenAssertion(fault)
          ? ROLE_CHECK.seconds + roleSeconds({ assertions: variantAssertions(node, fault) }) + REPORT_SECONDS
          : KERNEL.seconds + AWAIT_SECONDS + POWERDOWN_SECONDS,
        ...(fault === UpgradeFault.Emergency ? { tolerates: { "emergency-shell": 99 } } : {}),
        expect: [KERNEL],
        arguments: stageArguments({ disk: DISK, once: true, silent: true }),
        powerdown: false,
      });
    }
    const back = proves("after", next);
    add(`${variantName(fault)}-back`, {
      ...back,
      title: `Back in the version upgraded to, because the other's ${WORDS[fault]}${next ? `; then one whose ${WORDS[next]}` : ""}`,
      boots: "passive",
      says: saysOf(fault, variantVersion(version, fault)),
      ...(fault !== UpgradeFault.Panic
        ? {}
        : {
            // The machine restarts by itself within this stage: nothing of it runs that could be asked.
            expect: [KERNEL, { ...ROLE_CHECK, seconds: (1 + PANICS) * ROLE_CHECK.seconds }],
            seconds: back.seconds + PANICS * ROLE_CHECK.seconds,
            arguments: stageArguments({ disk: DISK }),
            tolerates: { "kernel-panic": PANICS, restart: PANICS + 1 },
          }),
    });
  });
  return stages;
}

/** What the machine says of an upgrade that was taken back. */
function saysOf(fault: UpgradeFault, version: string): string[] {
  const broken = brokenAssertion(fault);
  if (broken) return [`${version} did not prove its role`, `FAIL  ${broken}`];
  return [
    fault === UpgradeFault.Panic
      ? "It did not come as far as a verdict"
      : `${version} did not come as far as the role gate`,
  ];
}

const WORDS = {
  [UpgradeFault.Hang]: "boot hangs",
  [UpgradeFault.Emergency]: "boot stops in emergency mode",
  [UpgradeFault.Panic]: "kernel panics",
  [UpgradeFault.Service]: "service fails",
  [UpgradeFault.Assertion]: "assertion does not hold",
} as const;
