import { type Problem, place } from "../errors.js";
import { bootedKernel } from "../image/guards.js";
import { type Facts, packagesOf } from "../media/facts.js";
import { sizeInBytes } from "../node/size.js";
import type { Recipe } from "../plan/recipe.js";
import { summarize } from "./content.js";
import { imageFileBytes } from "./image-file.js";
import type { Manifest } from "./manifest.js";
import { usedSources } from "./used-sources.js";

/** An artefact, measured. */
export type Measured = { name: string; bytes: number; sha256: string };

/** What a build made, as far as the manifest tells of it. */
export type Made = {
  facts: Facts;
  /** The listing of the root file system. */
  listing: string;
  artefacts: readonly Measured[];
  warnings: readonly Problem[];
};

/** The manifest of a build. */
export function assembleManifest(recipe: Recipe, made: Made): Manifest {
  const { node } = recipe;
  const content = summarize(made.listing);
  const medium = made.artefacts.find(({ name }) => name === recipe.artefacts.medium);
  return {
    manifest: 1,
    node: node.name,
    role: node.role,
    version: recipe.version,
    revision: recipe.revision,
    arch: node.arch,
    model: node.model,
    base: node.base,
    medium: node.medium,
    kernel: bootedKernel(made.facts),
    contentDigest: content.digest,
    sizes: { paths: content.paths, image: imageFileBytes(made.listing), medium: medium?.bytes ?? 0 },
    budgets: { image: sizeInBytes(node.budgets.image), medium: sizeInBytes(node.budgets.medium) },
    artefacts: [...made.artefacts].sort((a, b) => (a.name < b.name ? -1 : 1)),
    packages: packagesOf(made.facts),
    sources: usedSources(recipe, made.facts),
    standins: recipe.used.filter(({ standin }) => standin).map(({ name }) => name),
    warnings: made.warnings.map((problem) => `${place(problem)}: ${problem.message}: ${problem.found ?? ""}`),
  };
}

/** SHA256SUMS as sha256sum -c reads it, by name. */
export function checksums(artefacts: readonly Measured[]): string {
  return [...artefacts]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join("");
}

/** Reads `SHA256 BYTES NAME` lines, as media/scripts/measure.sh writes them. */
export function parseMeasured(text: string): Measured[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [sha256 = "", bytes = "", ...name] = line.split(" ");
      return { name: name.join(" "), bytes: Number(bytes), sha256 };
    });
}
