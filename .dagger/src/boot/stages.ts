import { durationInSeconds } from "../node/duration.js";
import type { Assertion, Node } from "../node/node.js";
import { MIB, sizeInBytes } from "../node/size.js";
import { type Firmware, machineFor, stageArguments } from "./machine.js";
import { BootRoute } from "./route.js";
import { SIGNS, type Sign, signTable } from "./signs.js";

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
  /** How Kairos must say it booted; absent where role-check has no port. */
  boots?: "live" | "active" | "passive";
  /** What role-check reports on, where that is not what node.yaml asserts. */
  assertions?: Pick<Assertion, "name">[];
  /** How many copies of the image it writes to its disk, besides an upgrade's. */
  images?: number;
  /** The version that must have booted. */
  version?: string;
  /** What the machine must say about its last upgrade, among other things. */
  says?: string[];
  /** An upgrade to an image of the registry, once the role is proven. The machine restarts by itself, and that ends the stage. */
  upgrade?: { reference: string; seconds: number };
  /** Signs that are expected here, and how many lines of each may match. */
  tolerates?: { [sign: string]: number };
};

const MEDIUM = "/medium/node.iso";
export const UNATTENDED = "/medium/unattended.iso";
const DISK = "/vm/disk.raw";

/** From the start of the emulator to a kernel: the firmware, ten seconds of GRUB's menu, the kernel and initrd read. */
export const KERNEL: Milestone = { name: "kernel", seconds: 60, log: "serial.log", pattern: "Linux version [0-9]" };
export const ROLE_CHECK: Milestone = { name: "role-check", seconds: 180, log: "port.log", pattern: "^#fact started" };
/** An installation writes the image as often: active, recovery and passive (kairos-agent 2.31, pkg/action/install.go). */
export const INSTALLED_IMAGES = 3;
export const INSTALL_SECONDS = 600;
/** The boot's timeline is drawn after the role is proven, once the boot has finished, for which role-check waits 100 s (prove.sh). */
export const REPORT_SECONDS = 150;
/** systemd gives a service 90 s to end, and what is left then 90 s more. */
export const POWERDOWN_SECONDS = 180;
/** An assertion whose time is over when its turn comes is tried all the same, for so long (role-check's `run`). */
export const LEAST_SECONDS = 30;

/** The time in which role-check comes to its end, from the kernel's start, whatever its assertions do. */
export function roleSeconds({ assertions }: { assertions: readonly Pick<Assertion, "within">[] }): number {
  const longest = Math.max(...assertions.map(({ within }) => durationInSeconds(within)));
  return longest + LEAST_SECONDS * assertions.length;
}

/** The stages of a proof. */
export function stagesOf(node: Pick<Node, "assertions">, route: BootRoute): Stage[] {
  const proof = {
    ends: "done",
    seconds: ROLE_CHECK.seconds + roleSeconds(node) + REPORT_SECONDS,
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
  if (route === BootRoute.Live) return [live];
  const installed = (name: string, title: string): Stage => ({
    ...live,
    name,
    title,
    arguments: stageArguments({ disk: DISK }),
    powerdown: true,
    boots: "active",
  });
  return [
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
      images: INSTALLED_IMAGES,
    },
    installed("3-installed", "The installed system"),
    installed("4-again", "The installed system, booted again"),
  ];
}

/** The signs that a stage is lost, with as many lines as it tolerates. */
export function signsOf({ tolerates = {} }: Pick<Stage, "tolerates">): Sign[] {
  return SIGNS.map((sign) => ({ ...sign, most: tolerates[sign.name] ?? sign.most }));
}

/** A file of a plan: its path and text. */
export type PlanFile = { path: string; text: string };

/** A proof as run-stages.sh reads it; `unpacked` are the bytes of the image's root file system. */
export function planFiles(
  node: Pick<Node, "arch" | "memory">,
  stages: Stage[],
  firmware: Firmware,
  mayUseKvm: boolean,
  unpacked: number,
): PlanFile[] {
  const machine = machineFor(node, firmware);
  const lines = (all: string[]) => all.map((line) => `${line}\n`).join("");
  const files: PlanFile[] = [
    { path: "machine", text: lines(machine.command) },
    { path: "firmware", text: `${machine.firmware}\n` },
    { path: "cpu", text: `${machine.cpu}\n` },
    { path: "memory", text: `${sizeInBytes(node.memory) / MIB}\n` },
    { path: "room", text: `${Math.ceil((imagesOf(stages) * unpacked) / MIB)}\n` },
    // Sparse. Large enough for every node's partitions (noos asks for 31.25 GiB).
    { path: "disks", text: lines(disksOf(stages).map((name) => `${name} 40G`)) },
    ...(mayUseKvm ? [{ path: "may-use-kvm", text: "" }] : []),
  ];
  for (const stage of stages) {
    files.push({ path: `${stage.name}/qemu.args`, text: lines(stage.arguments) });
    files.push({ path: `${stage.name}/ends`, text: `${stage.upgrade ? "done" : stage.ends}\n` });
    files.push({ path: `${stage.name}/seconds`, text: `${stage.seconds}\n` });
    const expect = stage.expect.map(({ name, seconds, log, pattern }) => [name, seconds, log, pattern].join("\t"));
    files.push({ path: `${stage.name}/expect.tsv`, text: lines(expect) });
    files.push({ path: `${stage.name}/watch.tsv`, text: signTable(signsOf(stage)) });
    if (stage.upgrade) {
      files.push({ path: `${stage.name}/then/upgrade`, text: `${stage.upgrade.reference}\n` });
      files.push({ path: `${stage.name}/then/seconds`, text: `${stage.upgrade.seconds}\n` });
      files.push({ path: `${stage.name}/then/ends`, text: `${stage.ends}\n` });
      files.push({ path: `${stage.name}/then/expect.tsv`, text: "" });
    }
    if (stage.powerdown) files.push({ path: `${stage.name}/powerdown`, text: `${POWERDOWN_SECONDS}\n` });
  }
  return files;
}

/**
 * How many copies of an image the machines write to their disk at the least. Upgrades go round in the state partition: one
 * writes beside the active and the passive image, and takes the place of one of them.
 */
function imagesOf(stages: Stage[]): number {
  const upgrades = stages.filter(({ upgrade }) => upgrade).length;
  return stages.reduce((sum, { images = 0 }) => sum + images, 0) + Math.min(upgrades, 3);
}

/** The names of the disks that the machines' arguments have in /vm, where they are made. */
function disksOf(stages: Stage[]): string[] {
  const named = stages.flatMap((stage) => [...stage.arguments.join("\n").matchAll(/file=\/vm\/(disk\.[a-z0-9]+)/g)]);
  return [...new Set(named.map(([, name = ""]) => name))];
}
