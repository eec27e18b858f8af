import type { Node } from "../node/node.js";

/** The names of what a build makes. */
export type Artefacts = {
  /** The container image, as an OCI archive. */
  image: string;
  /** The bootable medium: the ISO, or the RAW compressed with zstd. */
  medium: string;
  checksums: string;
  sbom: string;
  manifest: string;
  /** The listing that the content digest is the sha256 of. */
  content: string;
};

/** Names after the node and its version. A plus sign, which tags and some file systems do not take, becomes a dash. */
export function artefacts(node: Pick<Node, "name" | "medium">, version: string): Artefacts {
  const stem = `${node.name}-${version.replaceAll("+", "-")}`;
  return {
    image: `${stem}.oci.tar`,
    medium: node.medium === "iso" ? `${stem}.iso` : `${stem}.raw.zst`,
    checksums: "SHA256SUMS",
    sbom: "sbom.cdx.json",
    manifest: "manifest.json",
    content: "content.txt",
  };
}

/**
 * A file's name in a release, where all nodes' files may lie beside each other: after the node and its version, like the
 * medium's, whose checksums hold the same names.
 */
export function releasedName({ image }: Pick<Artefacts, "image">, name: string): string {
  return `${image.replace(/\.oci\.tar$/, "")}.${name}`;
}
