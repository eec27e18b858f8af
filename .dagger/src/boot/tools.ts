import { type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import { base } from "../image/base.js";
import { SCRIPTS, scriptFolder, withScripts } from "../image/scripts.js";
import type { Recipe } from "../plan/recipe.js";
import { type Firmware, machineFor } from "./machine.js";
import type { PlanFile } from "./stages.js";

/** A container with the emulator, for the engine's architecture: the same for every node of one distribution. */
export async function emulator(recipe: Recipe, firmware: Firmware, more: string[] = []): Promise<Container> {
  const { head, node, emulator: from } = recipe;
  const platform = (await dag.defaultPlatform()).startsWith("linux/arm64") ? "linux/arm64" : "linux/amd64";
  const fresh = base({ base: from, snapshots: head.snapshots, platform });
  return withScripts(fresh, new URL("../image/scripts.ts", import.meta.url).href, "step", "clean", "install-packages")
    .withExec([
      `${SCRIPTS}/step.sh`,
      "the emulator",
      `${SCRIPTS}/install-packages.sh`,
      ...machineFor(node, firmware).packages,
      ...["xorriso", "fdisk", "e2fsprogs", ...more],
    ])
    .withMountedDirectory(SCRIPTS, scriptFolder(new URL("vm/scripts/", import.meta.url)));
}

/** The ISO with one difference: it installs unasked, to the only disk. `more` of a cloud-config is carried to that disk. */
export function unattended(tools: Container, iso: File, more: string = ""): File {
  return tools
    .withMountedFile("/medium.iso", iso)
    .withMountedFile("/more.yaml", dag.directory().withNewFile("more.yaml", more).file("more.yaml"))
    .withExec([`${SCRIPTS}/make-unattended.sh`, "/medium.iso", "/unattended.iso", "/more.yaml"])
    .file("/unattended.iso");
}

/** Runs the stages of a plan. It succeeds whatever happens in the machines: what they left is judged by others. */
export function runStages(
  tools: Container,
  plan: PlanFile[],
  media: Directory,
  attempt: number,
  kvm: boolean,
): Directory {
  const folder = plan.reduce((dir, { path, text }) => dir.withNewFile(path, text), dag.directory());
  return tools
    .withMountedDirectory("/medium", media)
    .withMountedDirectory("/plan", folder)
    .withEnvVariable("HEGEMONIKON_ATTEMPT", String(attempt))
    .withExec([`${SCRIPTS}/run-stages.sh`, "/plan", "/out"], { insecureRootCapabilities: kvm })
    .directory("/out");
}
