import type { Container, Directory } from "@dagger.io/dagger";
import { summarize } from "../manifest/content.js";
import type { Recipe } from "../plan/recipe.js";
import { BootFirmware, firmwareOf } from "./firmware.js";
import { proofFolder } from "./proof-folder.js";
import type { BootRoute } from "./route.js";
import { planFiles } from "./stages.js";
import { startable } from "./startable.js";
import { emulator, runStages } from "./tools.js";

/** What is asked of a proof. */
export type BootWanted = {
  route: BootRoute;
  /** UEFI where it is absent. */
  firmware?: BootFirmware;
  kvm: boolean;
  evenFailed: boolean;
  attempt: number;
};

/** Boots a node's medium and proves its role. Throws a HegemonikonError that says why where it is not proven. */
export async function boot(recipe: Recipe, image: Container, wanted: BootWanted): Promise<Directory> {
  const firmware = firmwareOf(recipe.node, wanted.firmware ?? BootFirmware.Uefi);
  const tools = await emulator(recipe, firmware, ["zstd"]);
  const { stages, media, medium, seen, limits } = await startable(recipe, image, tools, wanted.route);
  const { bytes } = summarize(seen.listing);
  const plan = planFiles(recipe.node, stages, firmware, wanted.kvm, bytes);
  const out = runStages(tools, plan, media, wanted.attempt, wanted.kvm);
  const sizes = [
    { name: "root file system, unpacked", bytes },
    { name: recipe.artefacts.medium, bytes: await medium.size() },
  ];
  return proofFolder(out, { recipe, stages, sizes, limits, evenFailed: wanted.evenFailed });
}
