import { createHash } from "node:crypto";
import { type Container, type Directory, dag, type File, type Secret } from "@dagger.io/dagger";
import type { Problem } from "../errors.js";
import { imageProblems } from "../image/guards.js";
import { assembleManifest, checksums, type Measured, parseMeasured } from "../manifest/assemble.js";
import { budgetProblems } from "../manifest/budget.js";
import { largest } from "../manifest/content.js";
import { imageFileBytes } from "../manifest/image-file.js";
import { installationProblems } from "../manifest/installs.js";
import { manifestText } from "../manifest/manifest.js";
import { sbomAdditions } from "../manifest/sbom.js";
import type { Recipe } from "../plan/recipe.js";
import { type Facts, parseFacts } from "./facts.js";
import { compared, debs, inspect, inspectIso, measure, merged, scanned } from "./inspect.js";
import { iso } from "./iso.js";
import { isoProblems } from "./iso-guards.js";
import { ociArchive } from "./oci-archive.js";
import { passed } from "./passed.js";
import { checkPersonal, personal } from "./personal.js";
import { problemsOf } from "./problems-of.js";
import { type RawMedium, raw } from "./raw.js";
import { parseRawFacts, rawProblems } from "./raw-guards.js";
import { sameRootfsProblems } from "./same-rootfs.js";

/** An image that its guards let pass, and what they noted on the way. */
export type Inspected = { image: Container; listing: string; listed: File; facts: Facts; warnings: Problem[] };

/** A medium that its guards let pass. */
type Made = { file: File; warnings: Problem[] };

/** Looks into an image before anything is made of it. Throws a HegemonikonError with everything that forbids it. */
export async function inspected(recipe: Recipe, image: Container): Promise<Inspected> {
  const noted = inspect(recipe, image.rootfs());
  const [listing, factsText] = await Promise.all([noted.listing.contents(), noted.facts.contents()]);
  const facts = parseFacts(factsText);
  const { name, budgets } = recipe.node;
  const problems = [
    ...imageProblems(name, facts),
    ...budgetProblems(name, "image", budgets.image, imageFileBytes(listing), largest(listing, 10)),
    ...installationProblems(recipe.node, listing),
  ];
  return { image, listing, listed: noted.listing, facts, warnings: passed(name, problems) };
}

/** A root file system's medium, unmade: the ISO, or the RAW with what was noted of it before it was compressed. */
function mediumOf(recipe: Recipe, rootfs: Directory): { file: File; raw?: RawMedium } {
  if (recipe.node.medium === "iso") return { file: iso(recipe, rootfs) };
  const made = raw(recipe, rootfs);
  return { file: made.disk, raw: made };
}

/** The medium of an inspected image. Throws a HegemonikonError with everything that forbids it. */
export async function medium(recipe: Recipe, { image, listing, listed }: Inspected): Promise<Made> {
  const { name, budgets } = recipe.node;
  const made = mediumOf(recipe, image.rootfs());
  const problems = made.raw
    ? await rawMediumProblems(recipe, made.raw, listed)
    : isoProblems(name, parseFacts(await inspectIso(recipe, made.file, listed).contents()), recipe.mediumConfig);
  problems.push(...budgetProblems(name, "medium", budgets.medium, await made.file.size(), largest(listing, 10)));
  return { file: made.file, warnings: passed(name, problems) };
}

async function rawMediumProblems(recipe: Recipe, { facts, content }: RawMedium, listed: File): Promise<Problem[]> {
  const [disk, rootfs] = await Promise.all([facts.contents(), compared(recipe, listed, content).contents()]);
  return [
    ...rawProblems(recipe.node, parseRawFacts(disk), recipe.mediumConfig),
    ...sameRootfsProblems(problemsOf(`RAW of ${recipe.node.name}`, "raw"), parseFacts(rootfs)),
  ];
}

/** Everything a build gives: image, medium, SBOM, content listing, manifest, and the checksums over them. */
export async function build(recipe: Recipe, image: Container): Promise<Directory> {
  const { artefacts } = recipe;
  const archive = ociArchive(image);
  const found = scanned(recipe, image.rootfs());
  // All at once; the guards' own errors come first. What an image that they refuse was made into meanwhile is dropped.
  const begun = Promise.allSettled([mediumOf(recipe, image.rootfs()).file.sync(), found.sync(), archive.sync()]);
  const seen = await inspected(recipe, image);
  const [made, known] = await Promise.all([medium(recipe, seen), debs(recipe, found).contents(), begun]);
  const files = {
    [artefacts.image]: archive,
    [artefacts.medium]: made.file,
    [artefacts.sbom]: merged(recipe, found, sbomAdditions(known, recipe, seen.facts)),
    [artefacts.content]: seen.listed,
  };
  const measured = parseMeasured(await measure(recipe, files).contents());
  const manifest = manifestText(
    assembleManifest(recipe, {
      facts: seen.facts,
      listing: seen.listing,
      artefacts: measured,
      warnings: [...seen.warnings, ...made.warnings],
    }),
  );
  let folder = dag.directory();
  for (const [name, file] of Object.entries(files)) folder = folder.withFile(name, file, { permissions: 0o644 });
  folder = folder.withNewFile(artefacts.manifest, manifest);
  return folder.withNewFile(artefacts.checksums, checksums([...measured, measuredText(artefacts.manifest, manifest)]));
}

function measuredText(name: string, text: string): Measured {
  const bytes = Buffer.byteLength(text);
  return { name, bytes, sha256: createHash("sha256").update(text).digest("hex") };
}

/**
 * The medium alone, behind the same guards as in a build; then with its owner's cloud-config, where one is given. A config that
 * no machine would take is refused before anything is built.
 */
export async function mediumAlone(recipe: Recipe, image: Container, config?: Secret): Promise<File> {
  if (config) await checkPersonal(config, recipe);
  const { file } = await medium(recipe, await inspected(recipe, image));
  return config ? personal(recipe, file, config).sync() : file;
}
