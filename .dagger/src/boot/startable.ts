import { type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import { type Inspected, inspected, medium } from "../media/build.js";
import { raw } from "../media/raw.js";
import type { Recipe } from "../plan/recipe.js";
import { notShown, simulationFiles } from "./board/board.js";
import { virtKernel, withVirtKernel } from "./board/kernel.js";
import { rawStages } from "./board/stages.js";
import { BootRoute } from "./route.js";
import { type Stage, stagesOf } from "./stages.js";
import { unattended } from "./tools.js";

/** What the virtual machines of a proof start from. */
export type Startable = {
  stages: Stage[];
  /** What is attached to them, as /medium in the emulator's container. */
  media: Directory;
  /** The node's own medium. */
  medium: File;
  seen: Inspected;
  /** What the proof does not show, a sentence each. */
  limits: string[];
};

/** A node's medium, behind the same guards as in a build, and the stages that prove it. */
export async function startable(
  recipe: Recipe,
  image: Container,
  tools: Container,
  route: BootRoute,
): Promise<Startable> {
  const seen = await inspected(recipe, image);
  const { file } = await medium(recipe, seen);
  if (recipe.node.medium === "iso") {
    const stages = stagesOf(recipe.node, route);
    const media = dag.directory().withFile("node.iso", file);
    const both = route === BootRoute.Installed ? media.withFile("unattended.iso", unattended(tools, file)) : media;
    return { stages, media: both, medium: file, seen, limits: [] };
  }
  const kernel = await virtKernel(recipe, image.rootfs());
  const card = kernel.kind === "own" ? file : raw(recipe, withVirtKernel(image, kernel).rootfs()).disk;
  const media = simulationFiles(recipe.node)
    .reduce((dir, { path, text }) => dir.withNewFile(`oem/${path}`, text), dag.directory())
    .withFile("card.raw.zst", card);
  return { stages: rawStages(recipe.node, route), media, medium: file, seen, limits: notShown(recipe.node, kernel) };
}
