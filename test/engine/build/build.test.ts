import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { summarize } from "../../../.dagger/src/manifest/content.js";
import { Manifest } from "../../../.dagger/src/manifest/manifest.js";
import { build } from "../../../.dagger/src/media/build.js";
import { nodeImage, nodesDir, onEngine, sourcesFile } from "./engine";

// What `build --node=kairos` gives, looked at with the programs that users have.

const folder = mkdtempSync(join(tmpdir(), "hegemonikon-build-"));
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const run = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: folder, encoding: "utf8" });

test("the build ends well", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos", nodesDir(), sourcesFile(), "c0ffee");
    await (await build(recipe, image)).export(folder);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the folder holds image, medium, SBOM, listing, manifest and checksums", () => {
  const stem = "kairos-v0.0.0-dev";
  const names = [`${stem}.iso`, `${stem}.oci.tar`, "SHA256SUMS", "content.txt", "manifest.json", "sbom.cdx.json"];
  expect(readdirSync(folder).sort()).toEqual(names.sort());
});

test("sha256sum -c agrees, and leaves no file out", () => {
  expect(run("sha256sum", "-c", "SHA256SUMS").status).toBe(0);
  expect(text("SHA256SUMS").trim().split("\n")).toHaveLength(readdirSync(folder).length - 1);
});

test("the manifest follows its schema and agrees with the files", () => {
  const manifest = Manifest.parse(JSON.parse(text("manifest.json")));
  expect(manifest).toMatchObject({ node: "kairos", version: "v0.0.0-dev", revision: "c0ffee", medium: "iso" });
  expect(manifest.contentDigest).toBe(summarize(text("content.txt")).digest);
  expect(manifest.packages.length).toBeGreaterThan(100);
  expect(manifest.kernel).toMatch(/^\d+\.\d+/);
});

test("the SBOM lists every package of the manifest with a purl, and every source", () => {
  const manifest = Manifest.parse(JSON.parse(text("manifest.json")));
  const bom = JSON.parse(text("sbom.cdx.json"));
  type Component = { name: string; version: string; purl?: string; "bom-ref"?: string };
  const debs = new Set(
    bom.components.flatMap((c: Component) => (c.purl?.startsWith("pkg:deb/") ? [`${c.name} ${c.version}`] : [])),
  );
  expect(manifest.packages.filter(({ name, version }) => !debs.has(`${name} ${version}`))).toEqual([]);
  const refs = bom.components.map((c: Component) => c["bom-ref"]);
  for (const { name } of manifest.sources) expect(refs).toContain(`source:${name}`);
  expect(bom.serialNumber).toBeUndefined();
});

test("the archive is an OCI image for the node's architecture, with its labels", () => {
  const manifest = JSON.parse(run("tar", "-xOf", "kairos-v0.0.0-dev.oci.tar", "index.json").stdout).manifests[0];
  const blob = (digest: string) =>
    JSON.parse(run("tar", "-xOf", "kairos-v0.0.0-dev.oci.tar", `blobs/${digest.replace(":", "/")}`).stdout);
  const config = blob(blob(manifest.digest).config.digest);
  expect(config).toMatchObject({ architecture: "amd64", os: "linux" });
  expect(config.config.Labels).toMatchObject({
    "org.opencontainers.image.version": "v0.0.0-dev",
    "org.opencontainers.image.revision": "c0ffee",
  });
});
