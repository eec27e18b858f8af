import type { Container, Directory } from "@dagger.io/dagger";
import { SCRIPTS as STEPS, scriptFolder, withScripts } from "../../image/scripts.js";
import { TOOLS, tool } from "../../media/tool.js";
import type { Recipe } from "../../plan/recipe.js";
import { parseVirtKernel, type VirtKernel } from "./board.js";

const SCRIPTS = "/hegemonikon-board";

/** Finds out which kernel of an image starts in QEMU's machine `virt`, without running any of the image. */
export async function virtKernel(recipe: Recipe, rootfs: Directory): Promise<VirtKernel> {
  const noted = tool(recipe.auroraboot)
    .withMountedDirectory(SCRIPTS, scriptFolder(new URL("scripts/", import.meta.url)))
    .withMountedDirectory("/rootfs", rootfs)
    .withExec([`${TOOLS}/titled.sh`, "the kernel for virt", `${SCRIPTS}/virt-kernel.sh`, "/rootfs"]);
  return parseVirtKernel((await noted.stdout()).trim().split("\n").at(-1) ?? "");
}

/** An image with the kernel that starts in `virt` in the place of its own. Its initrd is made under emulation. */
export function withVirtKernel(image: Container, { kind, name }: VirtKernel): Container {
  return withScripts(image, new URL("../../image/scripts.ts", import.meta.url).href, "step", "clean")
    .withMountedDirectory(SCRIPTS, scriptFolder(new URL("scripts/", import.meta.url)))
    .withExec([`${STEPS}/step.sh`, "a kernel for virt", `${SCRIPTS}/use-kernel.sh`, kind, name])
    .withoutMount(SCRIPTS)
    .withoutMount(STEPS);
}
