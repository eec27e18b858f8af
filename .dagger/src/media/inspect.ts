import { type Container, type Directory, dag, type File } from "@dagger.io/dagger";
import type { SbomAdditions } from "../manifest/sbom.js";
import type { Recipe } from "../plan/recipe.js";
import { TOOLS, tool } from "./tool.js";

/** What an image holds, noted without running any of it: for an arm64 image no emulation is needed. */
export type Inspection = { listing: File; facts: File };

/** What a script of this folder prints, as a file. */
function noted(bench: Container, title: string, command: string): File {
  return bench.withExec([`${TOOLS}/titled.sh`, title, "sh", "-c", `exec ${TOOLS}/${command} > /noted`]).file("/noted");
}

/** Notes content and facts of a root file system. */
export function inspect(recipe: Recipe, rootfs: Directory): Inspection {
  const bench = tool(recipe.auroraboot).withMountedDirectory("/rootfs", rootfs);
  return {
    listing: noted(bench, "the content listing", "content.sh /rootfs"),
    facts: noted(bench, "the image's facts", "image-facts.sh /rootfs"),
  };
}

/** Notes what is in an ISO. */
export function inspectIso(recipe: Recipe, iso: File, listing: File): File {
  return noted(
    tool(recipe.auroraboot).withMountedFile("/medium.iso", iso).withMountedFile("/content.txt", listing),
    "the ISO's facts",
    "iso-facts.sh /medium.iso /content.txt",
  );
}

/** Notes where a medium's root file system is not the image's, both listed. */
export function compared(recipe: Recipe, image: File, medium: File): File {
  return noted(
    tool(recipe.auroraboot).withMountedFile("/image.txt", image).withMountedFile("/medium.txt", medium),
    "the medium's root file system against the image's",
    "compare-content.sh /image.txt /medium.txt",
  );
}

/** Sizes and sha256 of files, by their names. */
export function measure(recipe: Recipe, files: Readonly<Record<string, File>>): File {
  const folder = Object.entries(files).reduce((dir, [name, file]) => dir.withFile(name, file), dag.directory());
  return noted(
    tool(recipe.auroraboot).withMountedDirectory("/artefacts", folder),
    "checksums",
    "measure.sh /artefacts",
  );
}

/** What syft finds in a root file system, as CycloneDX. */
export function scanned(recipe: Recipe, rootfs: Directory): File {
  return dag
    .container()
    .from(recipe.syft.address)
    .withMountedDirectory("/rootfs", rootfs)
    .withEnvVariable("SYFT_CHECK_FOR_APP_UPDATE", "false")
    .withExec([
      "/syft",
      "scan",
      "dir:/rootfs",
      "--source-name",
      recipe.node.name,
      "--source-version",
      recipe.version,
      "-o",
      "cyclonedx-json=/sbom.json",
    ])
    .file("/sbom.json");
}

/** The Debian packages of what syft found, and no more: small, however large the SBOM is. */
export function debs(recipe: Recipe, found: File): File {
  return noted(
    tool(recipe.auroraboot).withMountedFile("/found.json", found),
    "the SBOM's packages",
    "sbom-debs.sh /found.json",
  );
}

/** The SBOM: what syft found, and what completes it. */
export function merged(recipe: Recipe, found: File, additions: SbomAdditions): File {
  return noted(
    tool(recipe.auroraboot).withMountedFile("/found.json", found).withNewFile("/more.json", JSON.stringify(additions)),
    "the SBOM",
    "merge-sbom.sh /found.json /more.json",
  );
}
