import { type Directory, dag, type File } from "@dagger.io/dagger";
import { annotate, blobPath, onlyManifest } from "../plan/release-layout.js";

/** An OCI image layout and the digest of the one image in it. */
export type Layout = { directory: Directory; digest: string };

/**
 * Unpacks an OCI archive and gives its image annotations.
 * @param unpacker an image with tar; the node's base has it and is there already
 */
export async function annotatedLayout(
  archive: File,
  unpacker: string,
  annotations: readonly (readonly [string, string])[],
): Promise<Layout> {
  const unpacked = dag
    .container()
    .from(unpacker)
    .withMountedFile("/hegemonikon-image.tar", archive)
    .withDirectory("/hegemonikon-layout", dag.directory())
    .withExec(["tar", "-xf", "/hegemonikon-image.tar", "-C", "/hegemonikon-layout"])
    .directory("/hegemonikon-layout");
  const digest = onlyManifest(await unpacked.file("index.json").contents());
  const annotated = annotate(await unpacked.file(blobPath(digest)).contents(), annotations);
  const directory = annotated.files.reduce((dir, { path, text }) => dir.withNewFile(path, text), unpacked);
  return { directory, digest: annotated.digest };
}
