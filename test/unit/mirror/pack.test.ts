import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { imageIndex, packImage } from "../../../local/mirror/src/pack";

const sha256 = (content: Uint8Array | string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

async function packed(content: string, arch = "amd64") {
  const folder = mkdtempSync(join(tmpdir(), "pack-"));
  try {
    writeFileSync(join(folder, "rootfs.tar"), content);
    const image = await packImage(folder, arch, { Entrypoint: ["/program"] });
    const blob = (digest: string) => readFileSync(join(folder, "blobs", digest));
    return { image, blobs: new Map([...image.blobs, image.manifest].map((it) => [it.digest, blob(it.digest)])) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every blob has the digest and the size that the manifest says", async () => {
  const { image, blobs } = await packed("a root file system");
  for (const { digest, size } of [...image.blobs, image.manifest]) {
    expect(sha256(blobs.get(digest) as Buffer)).toBe(digest);
    expect(blobs.get(digest)?.length).toBe(size);
  }
});

test("the config names the layer's plain digest, the architecture, the entrypoint, and says what it is", async () => {
  const { image, blobs } = await packed("a root file system", "arm64");
  const manifest = JSON.parse(String(blobs.get(image.manifest.digest)));
  const config = JSON.parse(String(blobs.get(manifest.config.digest)));
  expect(config.architecture).toBe("arm64");
  expect(config.config.Entrypoint).toEqual(["/program"]);
  expect(JSON.stringify(config.config.Labels)).toContain("STAND-IN");
  const layer = gunzipSync(blobs.get(manifest.layers[0].digest) as Buffer);
  expect(config.rootfs.diff_ids).toEqual([sha256(layer)]);
});

test("the same root file system gives the same digest, another one another", async () => {
  const digests = (await Promise.all(["a", "a", "b"].map((it) => packed(it)))).map(
    ({ image }) => image.manifest.digest,
  );
  expect(digests[0]).toBe(digests[1] as string);
  expect(digests[0]).not.toBe(digests[2] as string);
});

test("an index's digest is that of its text and names each architecture's manifest", async () => {
  const { image } = await packed("a");
  const index = imageIndex([{ arch: "amd64", manifest: image.manifest }]);
  expect(sha256(index.text)).toBe(index.digest);
  expect(JSON.parse(index.text).manifests).toEqual([
    { ...image.manifest, platform: { architecture: "amd64", os: "linux" } },
  ]);
});
