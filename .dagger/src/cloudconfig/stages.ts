import { nearest } from "../yaml/nearest.js";

/** The stages that immucore runs while booting, in their order. */
const IMMUCORE = ["rootfs", "initramfs"];

/** The stages that kairos-init's systemd units run. */
const SYSTEM = ["boot", "fs", "network", "reconcile"];

/** The stages of kairos-agent's install, upgrade and reset (pkg/constants, pkg/action, pkg/uki). */
const AGENT = [
  "before-install",
  "after-install",
  "after-install-chroot",
  "before-upgrade",
  "after-upgrade",
  "after-upgrade-chroot",
  "before-reset",
  "after-reset",
  "after-reset-chroot",
  "kairos-install.pre",
  "kairos-install.after",
  "kairos-uki-install.pre",
  "kairos-uki-install.after",
  "kairos-uki-upgrade.pre",
  "kairos-uki-upgrade.after",
  "kairos-uki-reset.pre",
  "kairos-uki-reset.after",
];

/** The stages of the Kairos provider; the roles are those it registers. */
const PROVIDER = [
  "kairos-agent.bootstrap",
  ...["master", "master/clusterinit", "master/ha", "worker"].flatMap((role) => [
    `provider-kairos.bootstrap.before.${role}`,
    `provider-kairos.bootstrap.after.${role}`,
  ]),
];

/** Every stage that something in a Kairos image runs. Each also runs as `<stage>.before` and `<stage>.after`. */
export const STAGES: readonly string[] = [...IMMUCORE, ...SYSTEM, ...AGENT, ...PROVIDER];

/** The stages that are over, or may be, before there is a network. */
export const STAGES_BEFORE_NETWORK: readonly string[] = [...IMMUCORE, "boot", "fs"];

/** A stage's name without the suffix that run-stage adds. */
export function mainStage(name: string): string {
  const main = name.replace(/\.(before|after)$/, "");
  return STAGES.includes(name) ? name : main;
}

/** Whether something in a Kairos image runs a stage of this name. */
export function isStage(name: string): boolean {
  return STAGES.includes(name) || STAGES.includes(mainStage(name));
}

/** The stage that a mistyped name most likely means. */
export function nearestStage(name: string): string | undefined {
  const suffix = /\.(before|after)$/.exec(name)?.[0] ?? "";
  return nearest(name, [...STAGES, ...(suffix ? STAGES.map((stage) => stage + suffix) : [])]);
}
