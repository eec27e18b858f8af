import { type Directory, dag, type File } from "@dagger.io/dagger";
import type { ReleasedMedium } from "../plan/release-plan.js";

/** The name under which people look for checksums. */
export const CHECKSUMS = "SHA256SUMS";

/**
 * Adds the medium to a release's files, in parts where it is too large, and the checksums of everything: of the whole
 * medium, too, because that is what is checked after its parts are joined.
 * @param tools an image with the usual programs (split, sha256sum)
 */
export function withSums(tools: string, files: Directory, file: File, medium: ReleasedMedium): Directory {
  const { name, parts, partSize } = medium;
  const bench = dag
    .container()
    .from(tools)
    .withDirectory("/release", files)
    .withFile(`/release/${name}`, file)
    .withWorkdir("/release")
    .withEntrypoint([]);
  if (parts === 1) return bench.withExec(SUMS).directory("/release");
  const split = ["split", `--bytes=${partSize}`, "--numeric-suffixes=1", name, `${name}.part-`];
  return bench.withExec(split).withExec(SUMS).withExec(["rm", name]).directory("/release");
}

/** Names without a folder: that is how they lie where somebody downloads them. */
const SUMS = ["sh", "-c", 'sha256sum -- * > "/tmp/$1" && mv "/tmp/$1" .', "sh", CHECKSUMS];
