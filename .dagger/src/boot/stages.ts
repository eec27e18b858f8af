import { durationInSeconds } from "../node/duration.js";
import type { Node } from "../node/node.js";
import { type Firmware, machineFor, stageArguments } from "./machine.js";
import { signTable } from "./signs.js";

/** Something to be seen in a log, and after how many seconds at the latest (on hardware; emulation gets more). */
export type Milestone = { name: string; seconds: number; log: "serial.log" | "port.log"; pattern: string };

/** One virtual machine of a proof, from its start to its end. */
export type Stage = {
  /** Its folder; the order of names is the order of stages. */
  name: string;
  title: string;
  /** How it ends when it goes well: role-check has reported, or the machine has switched off or restarted. */
  ends: "done" | "exit";
  /** The time for all of it. */
  seconds: number;
  expect: Milestone[];
  arguments: string[];
  /** Whether the system is shut down at the end, so that the next stage finds what was written. */
  powerdown: boolean;
  /** How Kairos must say it booted. */
  boots?: "live" | "active" | "passive";
  /** A script of vm/scripts that changes the disk before. */
  prepare?: "fail-upgrade.sh";
};

const MEDIUM = "/medium/node.iso";
const UNATTENDED = "/medium/unattended.iso";
const DISK = "/vm/disk.raw";

/** From the start of the emulator to a kernel: the firmware, ten seconds of GRUB's menu, the kernel and initrd read. */
const KERNEL: Milestone = { name: "kernel", seconds: 60, log: "serial.log", pattern: "Linux version [0-9]" };
const ROLE_CHECK: Milestone = { name: "role-check", seconds: 180, log: "port.log", pattern: "^#fact started" };
/** An installation copies the image twice: active, and recovery. */
const INSTALL_SECONDS = 600;
/** The boot's timeline is drawn after the role is proven. */
const REPORT_SECONDS = 120;

/** How far a proof goes. */
export type Route = "live" | "installed" | "fallback";

/** The stages of a proof. */
export function stagesOf(node: Pick<Node, "assertions">, route: Route): Stage[] {
  const patience = Math.max(...node.assertions.map(({ within }) => durationInSeconds(within)));
  const proof = {
    ends: "done",
    seconds: ROLE_CHECK.seconds + patience + REPORT_SECONDS,
    expect: [KERNEL, ROLE_CHECK],
  } as const;
  const live: Stage = {
    ...proof,
    name: "1-live",
    title: "The medium, live",
    expect: [...proof.expect],
    arguments: stageArguments({ medium: MEDIUM }),
    powerdown: false,
    boots: "live",
  };
  if (route === "live") return [live];
  const installed = (name: string, title: string): Stage => ({
    ...live,
    name,
    title,
    arguments: stageArguments({ disk: DISK }),
    powerdown: true,
    boots: "active",
  });
  const both: Stage[] = [
    live,
    {
      name: "2-install",
      title: "Unattended installation from the medium",
      ends: "exit",
      seconds: INSTALL_SECONDS,
      expect: [KERNEL],
      // Without the port: the live system would prove the role while it installs, and be taken for done.
      arguments: stageArguments({ medium: UNATTENDED, disk: DISK, once: true, silent: true }),
      powerdown: false,
    },
    installed("3-installed", "The installed system"),
    installed("4-again", "The installed system, booted again"),
  ];
  if (route === "installed") return both;
  return [
    ...both,
    {
      name: "5-failing",
      title: "The boot after an upgrade whose role fails",
      // The machine restarts by itself, once its role has not been proven.
      ends: "exit",
      seconds: ROLE_CHECK.seconds + REPORT_SECONDS,
      expect: [KERNEL],
      arguments: stageArguments({ disk: DISK, once: true, silent: true }),
      powerdown: false,
      prepare: "fail-upgrade.sh",
    },
    { ...installed("6-previous", "The previous image, which took over"), boots: "passive" },
  ];
}

/** A file of a plan: its path and text. */
export type PlanFile = { path: string; text: string };

/** A proof as run-stages.sh reads it. */
export function planFiles(
  node: Pick<Node, "arch">,
  stages: Stage[],
  firmware: Firmware,
  mayUseKvm: boolean,
): PlanFile[] {
  const machine = machineFor(node, firmware);
  const lines = (all: string[]) => all.map((line) => `${line}\n`).join("");
    { path: "cpu", text: `${machine.cpu}\n` },
  const files: PlanFile[] = [
    { path: "machine", text: lines(machine.command) },
    { path: "firmware", text: `${machine.firmware}\n` },
    // Sparse. Large enough for every node's partitions (protos asks for 26 GiB).
    { path: "disks", text: stages.length > 1 ? "disk.raw 40G\n" : "" },
    { path: "watch.tsv", text: signTable() },
    ...(mayUseKvm ? [{ path: "may-use-kvm", text: "" }] : []),
  ];
  for (const stage of stages) {
    files.push({ path: `${stage.name}/qemu.args`, text: lines(stage.arguments) });
    files.push({ path: `${stage.name}/ends`, text: `${stage.ends}\n` });
    files.push({ path: `${stage.name}/seconds`, text: `${stage.seconds}\n` });
    const expect = stage.expect.map(({ name, seconds, log, pattern }) => [name, seconds, log, pattern].join("\t"));
    files.push({ path: `${stage.name}/expect.tsv`, text: lines(expect) });
    if (stage.prepare) files.push({ path: `${stage.name}/prepare`, text: `${stage.prepare}\n` });
    if (stage.powerdown) files.push({ path: `${stage.name}/powerdown`, text: "" });
  }
  return files;
}
