import { join } from "node:path";
import type { ServedImage } from "./served.js";

async function expectOk(response: Response, what: string): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`the registry answered ${response.status} to ${what}: ${(await response.text()).slice(0, 300)}`);
}

async function pushBlob(repository: string, digest: string, file: string): Promise<void> {
  if ((await fetch(`${repository}/blobs/${digest}`, { method: "HEAD" })).ok) return;
  const begun = await expectOk(
    await fetch(`${repository}/blobs/uploads/`, { method: "POST" }),
    "the start of an upload",
  );
  const place = new URL(begun.headers.get("location") ?? "", repository);
  place.searchParams.set("digest", digest);
  await expectOk(await fetch(place, { method: "PUT", body: Bun.file(file) }), `the upload of ${digest}`);
}

async function pushManifest(repository: string, reference: string, mediaType: string, text: string): Promise<void> {
  const headers = { "content-type": mediaType };
  const url = `${repository}/manifests/${reference}`;
  await expectOk(await fetch(url, { method: "PUT", headers, body: text }), `the manifest ${reference}`);
}

/** Puts an image and its index into the registry, unless the tag already names that index. */
export async function pushImage(registry: string, image: ServedImage): Promise<void> {
  const repository = `http://${registry}/v2/${image.repository}`;
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const there = await fetch(`${repository}/manifests/${image.tag}`, { method: "HEAD", headers: { accept: mediaType } });
  if (there.ok && there.headers.get("docker-content-digest") === image.index.digest) return;
  for (const { folder, image: part } of image.parts) {
    for (const { digest } of part.blobs) await pushBlob(repository, digest, join(folder, "blobs", digest));
    const manifest = await Bun.file(join(folder, "blobs", part.manifest.digest)).text();
    await pushManifest(repository, part.manifest.digest, part.manifest.mediaType, manifest);
  }
  await pushManifest(repository, image.tag, mediaType, image.index.text);
}
