import { createHash } from "node:crypto";
import { type Container, type Directory, dag, ImageLayerCompression, ImageMediaTypes } from "@dagger.io/dagger";
import { HegemonikonError, type Problem } from "../errors.js";
import { imageProblems } from "../image/guards.js";
import { assembleManifest, checksums, type Measured, parseMeasured } from "../manifest/assemble.js";
import { budgetProblems } from "../manifest/budget.js";
import { largest, summarize } from "../manifest/content.js";
import { manifestText } from "../manifest/manifest.js";
import { completeSbom } from "../manifest/sbom.js";
import { problemLines } from "../plan/problem-lines.js";
import type { Recipe } from "../plan/recipe.js";
import { type Facts, packagesOf, parseFacts } from "./facts.js";
import { inspect, inspectIso, measure, sbom } from "./inspect.js";
import { iso } from "./iso.js";
import { isoProblems } from "./iso-guards.js";
import { raw } from "./raw.js";
import { parseRawFacts, rawProblems } from "./raw-guards.js";

/** An image that its guards let pass, and what they noted on the way. */
export type Inspected = { image: Container; listing: string; facts: Facts; warnings: Problem[] };

/** A medium that its guards let pass. */
type Made = { file: ReturnType<typeof iso>; warnings: Problem[] };

/** Looks into an image before anything is made of it. Throws a HegemonikonError with everything that forbids it. */
export async function inspected(recipe: Recipe, image: Container): Promise<Inspected> {
  const noted = inspect(recipe, image.rootfs());
  const [listing, factsText] = await Promise.all([noted.listing.contents(), noted.facts.contents()]);
  const facts = parseFacts(factsText);
  const { name, budgets } = recipe.node;
  const problems = [
    ...imageProblems(name, facts),
    ...budgetProblems(name, "image", budgets.image, summarize(listing).bytes, largest(listing, 10)),
  ];
  return { image, listing, facts, warnings: passed(recipe, problems) };
}

/** The medium of an inspected image. Throws a HegemonikonError with everything that forbids it. */
export async function medium(recipe: Recipe, { image, listing }: Inspected): Promise<Made> {
  const { name, model, budgets } = recipe.node;
  const rootfs = image.rootfs();
  const problems: Problem[] = [];
  let file: Made["file"];
  if (recipe.node.medium === "iso") {
    file = iso(recipe, rootfs);
    const listed = dag.directory().withNewFile("content.txt", listing).file("content.txt");
    const facts = parseFacts(await inspectIso(recipe, file, listed).contents());
    problems.push(...isoProblems(name, facts, recipe.mediumConfig));
  } else {
    const made = raw(recipe, rootfs);
    file = made.disk;
    problems.push(...rawProblems(name, model, parseRawFacts(await made.facts.contents()), recipe.mediumConfig));
  }
  problems.push(...budgetProblems(name, "medium", budgets.medium, await file.size(), largest(listing, 10)));
  return { file, warnings: passed(recipe, problems) };
}

/** Everything a build gives: image, medium, SBOM, content listing, manifest, and the checksums over them. */
export async function build(recipe: Recipe, image: Container): Promise<Directory> {
  const { artefacts } = recipe;
  const seen = await inspected(recipe, image);
  const archive = image.asTarball({
    // Half the time of gzip and smaller; podman, skopeo and docker read it.
    forcedCompression: ImageLayerCompression.Zstd,
    mediaTypes: ImageMediaTypes.OcimediaTypes,
  });
  const [made, found] = await Promise.all([medium(recipe, seen), sbom(recipe, image.rootfs()).contents()]);
  const texts = {
    [artefacts.sbom]: completeSbom(found, recipe, packagesOf(seen.facts)),
    [artefacts.content]: seen.listing,
  };
  const large = { [artefacts.image]: archive, [artefacts.medium]: made.file };
  const measured = [
    ...parseMeasured(await measure(recipe, large).contents()),
    ...Object.entries(texts).map(([name, text]) => measuredText(name, text)),
  ];
  const manifest = manifestText(
    assembleManifest(recipe, {
      facts: seen.facts,
      listing: seen.listing,
      artefacts: measured,
      warnings: [...seen.warnings, ...made.warnings],
    }),
  );
  let folder = dag.directory();
  for (const [name, file] of Object.entries(large)) folder = folder.withFile(name, file, { permissions: 0o644 });
  for (const [name, text] of Object.entries({ ...texts, [artefacts.manifest]: manifest })) {
    folder = folder.withNewFile(name, text);
  }
  return folder.withNewFile(artefacts.checksums, checksums([...measured, measuredText(artefacts.manifest, manifest)]));
}

function measuredText(name: string, text: string): Measured {
  const bytes = Buffer.byteLength(text);
  return { name, bytes, sha256: createHash("sha256").update(text).digest("hex") };
}

function passed(recipe: Recipe, problems: readonly Problem[]): Problem[] {
  if (problems.some(({ severity }) => severity === "error")) {
    throw new HegemonikonError([`${recipe.node.name} is not fit to leave:`, ...problemLines(problems)].join("\n"));
  }
  return [...problems];
}
