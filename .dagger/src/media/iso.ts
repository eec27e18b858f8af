import type { Directory, File } from "@dagger.io/dagger";
import type { Recipe } from "../plan/recipe.js";
import { TOOLS, tool } from "./tool.js";

/** The ISO of a root file system: boots live, and installs. */
export function iso(recipe: Recipe, rootfs: Directory): File {
  const name = recipe.artefacts.medium.replace(/\.iso$/, "");
  return tool(recipe.auroraboot)
    .withMountedDirectory("/rootfs", rootfs)
    .withNewFile("/medium.yaml", recipe.mediumConfig)
    .withExec([`${TOOLS}/titled.sh`, "the ISO", `${TOOLS}/make-iso.sh`, name, "/rootfs", "/medium.yaml", "/out"])
    .file(`/out/${recipe.artefacts.medium}`);
}
