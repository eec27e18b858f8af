import { type Directory, dag, type File } from "@dagger.io/dagger";
import type { SbomAdditions } from "../manifest/sbom.js";
import type { Recipe } from "../plan/recipe.js";
import { TOOLS, tool } from "./tool.js";

/** What an image holds, noted without running any of it: for an arm64 image no emulation is needed. */
export type Inspection = { listing: File; facts: File };

/** Notes content and facts of a root file system. */
export function inspect(recipe: Recipe, rootfs: Directory): Inspection {
  const bench = tool(recipe.auroraboot).withMountedDirectory("/rootfs", rootfs);
  const run = (title: string, script: string) =>
    bench
      .withExec([`${TOOLS}/titled.sh`, title, "sh", "-c", `exec ${TOOLS}/${script} /rootfs > /noted`])
      .file("/noted");
  return { listing: run("the content listing", "content.sh"), facts: run("the image's facts", "image-facts.sh") };
}

/** Notes what is in an ISO. */
export function inspectIso(recipe: Recipe, iso: File, listing: File): File {
  return tool(recipe.auroraboot)
    .withMountedFile("/medium.iso", iso)
    .withMountedFile("/content.txt", listing)
    .withExec([
      `${TOOLS}/titled.sh`,
      "the ISO's facts",
      "sh",
      "-c",
      `exec ${TOOLS}/iso-facts.sh /medium.iso /content.txt > /noted`,
    ])
    .file("/noted");
}

/** Notes where a medium's root file system is not the image's, both listed. */
export function compared(recipe: Recipe, image: File, medium: File): File {
  return tool(recipe.auroraboot)
    .withMountedFile("/image.txt", image)
    .withMountedFile("/medium.txt", medium)
    .withExec([
      `${TOOLS}/titled.sh`,
      "the medium's root file system against the image's",
      "sh",
      "-c",
      `exec ${TOOLS}/compare-content.sh /image.txt /medium.txt > /noted`,
    ])
    .file("/noted");
}

/** Sizes and sha256 of files, by their names. */
export function measure(recipe: Recipe, files: Readonly<Record<string, File>>): File {
  const folder = Object.entries(files).reduce((dir, [name, file]) => dir.withFile(name, file), dag.directory());
  return tool(recipe.auroraboot)
    .withMountedDirectory("/artefacts", folder)
    .withExec([`${TOOLS}/titled.sh`, "checksums", "sh", "-c", `exec ${TOOLS}/measure.sh /artefacts > /noted`])
    .file("/noted");
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
  return tool(recipe.auroraboot)
    .withMountedFile("/found.json", found)
    .withExec([
      `${TOOLS}/titled.sh`,
      "the SBOM's packages",
      "sh",
      "-c",
      `exec ${TOOLS}/sbom-debs.sh /found.json > /noted`,
    ])
    .file("/noted");
}

/** The SBOM: what syft found, and what completes it. */
export function merged(recipe: Recipe, found: File, additions: SbomAdditions): File {
  return tool(recipe.auroraboot)
    .withMountedFile("/found.json", found)
    .withNewFile("/more.json", JSON.stringify(additions))
    .withExec([
      `${TOOLS}/titled.sh`,
      "the SBOM",
      "sh",
      "-c",
      `exec ${TOOLS}/merge-sbom.sh /found.json /more.json > /noted`,
    ])
    .file("/noted");
}
