import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Source, Sources } from "../../../.dagger/src/sources/sources.js";
import { builtFolder, isBuilt } from "./inputs.js";
import { imageIndex, type PackedImage } from "./pack.js";
import { type Architecture, architectures, type Build, type StandIn, standInFor } from "./standins.js";

/** Reads sources.yaml; throws where it is not one (`check` says where exactly). */
export function readSources(file: string): Record<string, Source> {
  return Sources.parse(parse(readFileSync(file, "utf8"))).sources;
}

/** An entry of sources.yaml that a stand-in replaces, with its builds. */
export type Replaced = {
  entry: string;
  source: Exclude<Source, { kind: "apt-snapshot" }>;
  standIn: StandIn;
  builds: Build[];
};

export function replacedSources(sources: Record<string, Source>): Replaced[] {
  return Object.entries(sources).flatMap(([entry, source]) => {
    const standIn = standInFor(source);
    if (!standIn || source.kind === "apt-snapshot") return [];
    const builds = (standIn.archs ?? architectures).map((arch) => ({ standIn, version: source.version, arch }));
    return [{ entry, source, standIn, builds }];
  });
}

/** An image that is built for at least one architecture, as the registry serves it. */
export type ServedImage = {
  repository: string;
  tag: string;
  archs: Architecture[];
  index: { text: string; digest: string };
  parts: { folder: string; image: PackedImage }[];
};

/** What is built of an image; undefined where nothing is. */
export function servedImage({ source, builds }: Replaced): ServedImage | undefined {
  if (source.kind !== "image") return undefined;
  const built = builds.filter(isBuilt);
  if (built.length === 0) return undefined;
  const parts = built.map((build) => {
    const folder = builtFolder(build);
    return { folder, image: JSON.parse(readFileSync(join(folder, "image.json"), "utf8")) as PackedImage };
  });
  const index = imageIndex(
    built.map(({ arch }, i) => ({ arch, manifest: (parts[i] as (typeof parts)[0]).image.manifest })),
  );
  const repository = source.reference.slice(source.reference.indexOf("/") + 1);
  return { repository, tag: source.version, archs: built.map(({ arch }) => arch), index, parts };
}

/** A download that is built: its path on the file server, the same with {version} and {arch}, and its sha256. */
export type ServedFile = { arch: Architecture; sha256: string; path: string; template: string; file: string };

export function servedFiles({ source, standIn, builds }: Replaced): ServedFile[] {
  if (source.kind !== "download") return [];
  return builds.filter(isBuilt).map((build) => {
    const folder = builtFolder(build);
    const template = `${standIn.name}/${standIn.name}-{version}-{arch}`;
    const path = template.replace("{version}", source.version).replace("{arch}", build.arch);
    return {
      arch: build.arch,
      sha256: readFileSync(join(folder, "sha256"), "utf8"),
      path,
      template,
      file: join(folder, "file"),
    };
  });
}
