import { type Container, type Directory, dag } from "@dagger.io/dagger";
import { HegemonikonError } from "../../errors.js";
import { image } from "../../image/image.js";
import { SCRIPTS } from "../../image/scripts.js";
import { summarize } from "../../manifest/content.js";
import { inspected, medium } from "../../media/build.js";
import { ociArchive } from "../../media/oci-archive.js";
import type { Recipe } from "../../plan/recipe.js";
import { exported, proofFolder } from "../proof-folder.js";
import { readRuns } from "../read-runs.js";
import { planFiles } from "../stages.js";
import { emulator, runStages, unattended } from "../tools.js";
import { driverStages } from "./driver.js";
import { UpgradeFault } from "./fault.js";
import { installStage, upgradeStages, variantPath } from "./stages.js";
import { type Variant, variantName, variantRecipe } from "./variants.js";

/** What is asked of an upgrade's test. */
export type UpgradeWanted = { faults: UpgradeFault[]; kvm: boolean; evenFailed: boolean; attempt: number };

/**
 * Installs a node's version before, upgrades it from a registry, and then to images that are broken on purpose. Throws a
 * HegemonikonError that says why where the machine is not what it should be.
 */
export async function upgradeTest(recipe: Recipe, nodeDir: Directory, wanted: UpgradeWanted): Promise<Directory> {
  const { node, version } = recipe;
  if (node.medium !== "iso") {
    throw new HegemonikonError(
      `--node: found ${node.name}, whose medium is ${node.medium}, expected a node whose medium is iso: upgrade-test installs from it; boot --node=${node.name} --route=installed proves a RAW`,
    );
  }
  const { kvm, attempt, evenFailed } = wanted;
  const faults = wanted.faults.length > 0 ? wanted.faults : Object.values(UpgradeFault);
  const made = (variant: Variant) => image(variantRecipe(recipe, variant), nodeDir);

  const before = variantRecipe(recipe, "before");
  const seen = await inspected(before, made("before"));
  const { file: iso } = await medium(before, seen);
  const tools = await emulator(recipe, "uefi", ["qemu-utils", "docker-registry", "skopeo"]);
  const media = dag.directory().withFile("unattended.iso", unattended(tools, iso, driverStages()));
  const first = installStage();
  const { bytes } = summarize(seen.listing);
  const keep = { path: "keep", text: "" };
  // By itself: the same medium installs the same disk, and what follows is tried again without it.
  const installed = runStages(tools, [...planFiles(node, [first], "uefi", kvm, bytes), keep], media, attempt, kvm);
  let out = dag.directory().withDirectory("/", installed, { exclude: ["machine"] });

  const stages = upgradeStages(node, version, faults);
  const { runs } = await exported(out, (folder) => readRuns(folder, [first]));
  if (runs[0]?.outcome.reason === first.ends) {
    const variants: Variant[] = ["after", ...faults];
    const served = withImages(tools, node, variants, made);
    const plan = planFiles(node, stages, "uefi", kvm, bytes);
    const ran = runStages(served, plan, installed.directory("machine"), attempt, kvm);
    out = out.withDirectory("/", ran);
  }
  const sizes = [
    { name: "root file system before, unpacked", bytes },
    { name: before.artefacts.medium, bytes: await iso.size() },
  ];
  return proofFolder(out, { recipe, stages: [first, ...stages], sizes, evenFailed });
}

/** The emulator's container with the images in the folder of a registry, which runs while the machines do. */
function withImages(tools: Container, node: Recipe["node"], variants: Variant[], made: (v: Variant) => Container) {
  // Mounted one by one: a folder with all of them would be one more copy of each. The registry keeps a layer that they share once.
  return variants.reduce((container, variant) => {
    const archive = `/images/${variantName(variant)}.oci.tar`;
    return container
      .withMountedFile(archive, ociArchive(made(variant)))
      .withExec([`${SCRIPTS}/fill-registry.sh`, "/registry", archive, variantPath(node, variant)])
      .withoutMount(archive);
  }, tools);
}
