import { readdirSync, readFileSync } from "node:fs";
import { type Container, type Directory, dag } from "@dagger.io/dagger";
import type { ImageReference } from "../plan/references.js";

/** Where the scripts of this folder stand in a tool's container. */
export const TOOLS = "/hegemonikon";

/** A tool's container: its image for the engine's own architecture, so that no tool is ever emulated. */
export function tool(image: ImageReference): Container {
  return dag.container().from(image.address).withMountedDirectory(TOOLS, scripts());
}

function scripts(): Directory {
  const folder = new URL("scripts/", import.meta.url);
  let dir = dag.directory();
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.sh$|^shim(-xattrs)?\/./.test(path)) continue;
    dir = dir.withNewFile(path, readFileSync(new URL(path, folder), "utf8"), { permissions: 0o755 });
  }
  return dir;
}
