import type { Directory, File } from "@dagger.io/dagger";
import type { Recipe } from "../plan/recipe.js";
import { TOOLS, tool } from "./tool.js";

/** A RAW disk, compressed, what stands in it (raw-guards.ts reads that), and its root file system, listed. */
export type RawMedium = { disk: File; facts: File; content: File };

/** The RAW disk of a root file system: written to a card, its first boot lays out the rest. */
export function raw(recipe: Recipe, rootfs: Directory): RawMedium {
  const name = recipe.artefacts.medium.replace(/\.raw\.zst$/, "");
  const out = tool(recipe.auroraboot)
    .withMountedDirectory("/rootfs", rootfs)
    .withNewFile("/medium.yaml", recipe.mediumConfig)
    .withExec(
      [
        `${TOOLS}/titled.sh`,
        "the RAW disk",
        `${TOOLS}/make-raw.sh`,
        name,
        "/rootfs",
        "/medium.yaml",
        "/out",
        recipe.node.arch,
      ],
      // AuroraBoot fills the partitions through loop devices and mount(2).
      { insecureRootCapabilities: true },
    )
    .directory("/out");
  return {
    disk: out.file(recipe.artefacts.medium),
    facts: out.file(`${name}.facts`),
    content: out.file(`${name}.content`),
  };
}
