import { readFileSync } from "node:fs";
import type { Node } from "../../node/node.js";
import type { PlanFile } from "../stages.js";

/** What of a board can be simulated in QEMU's machine `virt`. */
type Board = {
  /** The GPIO chip that programs ask for by its label, as the kernel's pinctrl-bcm2835.c names it, and its lines. */
  gpio: { label: string; lines: number };
};

const BOARDS: { readonly [model in Node["model"]]?: Board } = {
  rpi3: { gpio: { label: "pinctrl-bcm2835", lines: 54 } },
  rpi4: { gpio: { label: "pinctrl-bcm2711", lines: 58 } },
};

/** Files for the card's OEM partition, which the machine reads at each boot: they simulate the board's chips. */
export function simulationFiles({ model }: Pick<Node, "model">): PlanFile[] {
  const board = BOARDS[model];
  if (!board) return [];
  const file = (name: string) => readFileSync(new URL(`files/${name}`, import.meta.url), "utf8");
  return [
    { path: "simulated-gpio", text: `label=${board.gpio.label}\nlines=${board.gpio.lines}\n` },
    { path: "simulate-gpio.sh", text: file("simulate-gpio.sh") },
    { path: "99_simulated-gpio.yaml", text: file("99_simulated-gpio.yaml") },
  ];
}

/** The kernel of a root file system that starts in `virt`. */
export type VirtKernel = {
  /** Whether it is the medium's own, another one of the image, or one that has to be installed. */
  kind: "own" | "other" | "none";
  /** Its version, or the package that has it. */
  name: string;
};

/** Reads what virt-kernel.sh printed. */
export function parseVirtKernel(text: string): VirtKernel {
  const [kind = "", name = ""] = text.trim().split(" ");
  if ((kind !== "own" && kind !== "other" && kind !== "none") || name === "") {
    throw new Error(`virt-kernel.sh printed "${text.trim()}", expected own, other or none, and a name`);
  }
  return { kind, name };
}

/** What the proof of a board's node in another machine does not show, a sentence each. */
export function notShown({ machine }: Pick<Node, "machine">, kernel: VirtKernel): string[] {
  const started =
    kernel.kind === "own"
      ? `The kernel is the medium's own (${kernel.name}), in a machine that has none of the board's devices: its drivers ` +
        "for SD card, network and pins did not run."
      : `The kernel is a generic one (${kernel.name}): the medium's own does not start here, so that the medium was made ` +
        "once more with this one. All else is made from the same files.";
  return [
    `Not a ${machine}: QEMU's machine "virt", which no ${machine} can be mistaken for. It informs and blocks no release.`,
    `Firmware, u-boot and device tree of the ${machine} did not run; the medium's own checks looked at them where they lie.`,
    started,
    "GPIO is simulated, by the kernel where it can. That a wire reaches a pin was not shown.",
  ];
}
