import { HegemonikonError } from "../errors.js";
import type { Node } from "../node/node.js";
import type { Firmware } from "./machine.js";

/** The firmware of the machine that a medium is booted on. */
export enum BootFirmware {
  /** What every machine of the last ten years has; the only one for arm64. */
  Uefi = "UEFI",
  /** The BIOS of older machines. */
  Bios = "BIOS",
}

/** The firmware that is asked for. Throws a HegemonikonError where no machine of that kind has it. */
export function firmwareOf(node: Pick<Node, "name" | "arch" | "medium">, wanted: BootFirmware): Firmware {
  if (wanted === BootFirmware.Uefi) return "uefi";
  if (node.arch === "amd64" && node.medium === "iso") return "bios";
  throw new HegemonikonError(
    `--firmware: found bios, expected uefi: ${node.name} is for ${node.arch} and its medium is ${node.medium}; ` +
      "only an ISO for amd64 starts with a BIOS",
  );
}
