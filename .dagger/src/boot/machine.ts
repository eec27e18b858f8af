import type { Node } from "../node/node.js";
import { PORT } from "./role-check/entries.js";
import { UPGRADE_PORT } from "./upgrade/driver.js";

/** Firmware that a machine starts with. */
export type Firmware = "uefi" | "bios";

/** An emulator with its packages and the arguments that every stage shares. */
export type Machine = {
  /** Debian packages that it needs. */
  packages: string[];
  /** The program and its arguments. */
  command: string[];
  /** The firmware's code as a flash image; empty for the BIOS, which the emulator brings. */
  firmware: string;
  /** The processor where it is emulated. */
  cpu: string;
};

/** The machine that stands in for a node's own. */
export function machineFor(node: Pick<Node, "arch">, firmware: Firmware): Machine {
  const common = ["-smp", "2", "-nodefaults", "-display", "none"];
  const flash = (code: string) => [
    ...["-drive", `if=pflash,format=raw,unit=0,readonly=on,file=${code}`],
    ...["-drive", "if=pflash,format=raw,unit=1,file=/vm/vars.fd"],
  ];
  if (node.arch === "arm64") {
    const code = "/usr/share/AAVMF/AAVMF_CODE.fd";
    return {
      packages: ["qemu-system-arm", "qemu-efi-aarch64"],
      command: ["qemu-system-aarch64", "-machine", "virt", ...common, "-device", "virtio-gpu-pci", ...flash(code)],
      firmware: code,
      // That of a Raspberry Pi 4. "max" authenticates pointers in software, which takes a multiple of the time.
      cpu: "cortex-a72",
    };
  }
  const code = firmware === "uefi" ? "/usr/share/OVMF/OVMF_CODE_4M.fd" : "";
  // The BIOS writes to the serial line only where the machine has no graphics of its own; the card is there all the same.
  const machine = firmware === "uefi" ? "q35" : "q35,graphics=off";
  return {
    packages: firmware === "uefi" ? ["qemu-system-x86", "ovmf"] : ["qemu-system-x86", "seabios"],
    command: ["qemu-system-x86_64", "-machine", machine, ...common, "-vga", "std", ...(code ? flash(code) : [])],
    firmware: code,
    cpu: "max",
  };
}

/** What is attached to a machine in one stage. */
export type Attached = {
  /** The ISO's path. */
  medium?: string;
  /** The disk's path. */
  disk?: string;
  /** Ends the emulator where the guest restarts. */
  once?: boolean;
  /** Leaves role-check's port away. */
  silent?: boolean;
  /** Adds the port over which the host has the guest upgrade. */
  upgrades?: boolean;
};

/** The emulator's arguments of one stage. The medium, where there is one, is what boots. */
export function stageArguments({ medium, disk, once, silent, upgrades }: Attached): string[] {
  const args: string[] = [];
  if (medium) {
    // As a CD: SeaBIOS does not go on from a blank disk to a second disk.
    args.push(
      ...["-device", "virtio-scsi-pci,id=scsi"],
      ...["-drive", `if=none,id=medium,format=raw,readonly=on,file=${medium}`],
      ...["-device", "scsi-cd,drive=medium,bootindex=1"],
    );
  }
  if (disk) {
    args.push(
      ...[
        "-drive",
        `if=none,id=disk,format=${disk.endsWith(".qcow2") ? "qcow2" : "raw"},cache=unsafe,discard=unmap,file=${disk}`,
      ],
      ...["-device", "virtio-blk-pci,drive=disk,bootindex=2"],
    );
  }
  // No ROM: the network is no way to boot here, and looking for one takes half a minute.
  args.push("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=");
  args.push("-device", "virtio-serial-pci");
  if (!silent) args.push("-device", `virtserialport,chardev=port,name=${PORT}`);
  if (upgrades) args.push("-device", `virtserialport,chardev=upgrade,name=${UPGRADE_PORT}`);
  if (once) args.push("-no-reboot");
  return args;
}
