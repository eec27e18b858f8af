import type { Directory } from "@dagger.io/dagger";
import { explained } from "../image/explain.js";
import { image } from "../image/image.js";
import { assembleManifest } from "../manifest/assemble.js";
import { build, inspected } from "../media/build.js";
import type { Contents } from "../plan/diff.js";
import { contentsOf } from "../plan/diff-read.js";
import type { Recipe } from "../plan/recipe.js";
import type { Project } from "./project.js";

/** Everything a build of a node gives. */
export async function builtNode({ files }: Project, recipe: Recipe): Promise<Directory> {
  const { name } = recipe.node;
  return explained(name, () => build(recipe, image(recipe, files.nodes.directory(name))));
}

/** What a build of a node would hold: its image is built, its medium is not. */
export async function builtContents(
  { files }: Project,
  recipe: Recipe,
  called: string,
): Promise<Contents & { listing: string }> {
  const { name } = recipe.node;
  const seen = await explained(name, () => inspected(recipe, image(recipe, files.nodes.directory(name))));
  const manifest = assembleManifest(recipe, { facts: seen.facts, listing: seen.listing, artefacts: [], warnings: [] });
  const { medium: _, ...sizes } = manifest.sizes;
  return { ...contentsOf(called, { ...manifest, sizes }, seen.listing), listing: seen.listing };
}
