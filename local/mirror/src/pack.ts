import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** A blob as an OCI manifest names it. */
export type Descriptor = { mediaType: string; digest: string; size: number };

/** What a build leaves of an image: its manifest and the blobs in blobs/<digest>. */
export type PackedImage = { manifest: Descriptor; blobs: Descriptor[] };

/** The part of an image's config that a recipe may set, in config.json beside rootfs.tar. */
type RecipeConfig = { Entrypoint?: string[]; Cmd?: string[]; Env?: string[]; ExposedPorts?: Record<string, object> };

const oci = "application/vnd.oci.image";

/** A fixed moment: the same rootfs gives the same digest whenever it is packed. */
const created = "2026-01-01T00:00:00Z";

/** The sha256 of what flows through. */
class Sha256 extends Transform {
  private readonly hash = createHash("sha256");
  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void) {
    this.hash.update(chunk);
    done(null, chunk);
  }
  digest(): string {
    return `sha256:${this.hash.digest("hex")}`;
  }
}

/** Packs rootfs.tar of `folder` into an OCI image of one layer, in folder/blobs, and returns its manifest. */
export async function packImage(folder: string, arch: string, recipe: RecipeConfig): Promise<PackedImage> {
  const blobs = join(folder, "blobs");
  mkdirSync(blobs, { recursive: true });
  const [plain, packed] = [new Sha256(), new Sha256()];
  const layerFile = join(blobs, "layer");
  await pipeline(
    createReadStream(join(folder, "rootfs.tar")),
    plain,
    createGzip({ level: 1 }),
    packed,
    createWriteStream(layerFile),
  );
  const layer = { mediaType: `${oci}.layer.v1.tar+gzip`, digest: packed.digest(), size: statSync(layerFile).size };
  renameSync(layerFile, join(blobs, layer.digest));
  const put = (mediaType: string, content: object): Descriptor => {
    const text = JSON.stringify(content);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    writeFileSync(join(blobs, digest), text);
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const labels = { "org.opencontainers.image.description": "TEST STAND-IN, not the image it is named after" };
  const config = put(`${oci}.config.v1+json`, {
    created,
    architecture: arch,
    os: "linux",
    config: { Env: [path], Labels: labels, ...recipe },
    rootfs: { type: "layers", diff_ids: [plain.digest()] },
    history: [{ created, created_by: "hegemonikon local/mirror" }],
  });
  const mediaType = `${oci}.manifest.v1+json`;
  const manifest = put(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
  return { manifest, blobs: [layer, config] };
}

/** The index that makes one image of several architectures, as text: its bytes are what the digest is of. */
export function imageIndex(images: { arch: string; manifest: Descriptor }[]): { text: string; digest: string } {
  const manifests = images.map(({ arch, manifest }) => ({
    ...manifest,
    platform: { architecture: arch, os: "linux" },
  }));
  const text = JSON.stringify({ schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests });
  return { text, digest: `sha256:${createHash("sha256").update(text).digest("hex")}` };
}
