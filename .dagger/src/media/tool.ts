import { type Container, dag } from "@dagger.io/dagger";
import { SCRIPTS, scriptFolder } from "../image/scripts.js";
import type { ImageReference } from "../plan/references.js";

/** Where the scripts of this folder stand in a tool's container. */
export const TOOLS = SCRIPTS;

/** Scripts, and the programs that stand before those of a tool's image in its PATH. */
const PROGRAMS = /\.sh$|^shim(-xattrs)?\/./;

/** A tool's container: its image for the engine's own architecture, so that no tool is ever emulated. */
export function tool(image: ImageReference): Container {
  return dag
    .container()
    .from(image.address)
    .withMountedDirectory(TOOLS, scriptFolder(new URL("scripts/", import.meta.url), PROGRAMS));
}
