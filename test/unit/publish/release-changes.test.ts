import { describe, expect, test } from "bun:test";
import { contentsOf } from "../../../.dagger/src/plan/diff-read.js";
import { readBuildManifest } from "../../../.dagger/src/plan/release-manifest.js";
import { ATTACHMENTS } from "../../../.dagger/src/plan/release-state.js";
import { releaseChanges } from "../../../.dagger/src/publish/release-changes.js";
import { fakeRegistry } from "./fake-tools";

// What a release's notes compare with: the newest earlier version that is out, whatever tags there are besides.

const REPOSITORY = "registry.lan/lab/noos";
const manifest = (version: string) =>
  JSON.stringify({ node: "noos", version, contentDigest: `sha256:${version.replace(/\D/g, "").padStart(64, "0")}` });
const texts = (version: string) => ({ sbom: "{}", manifest: manifest(version), content: "" });

function changes(registry: ReturnType<typeof fakeRegistry>, earlier: string[]) {
  const now = async () => contentsOf("v1.2.3", readBuildManifest("manifest.json", manifest("v1.2.3")), "");
  return releaseChanges(registry.oras, { node: "noos", repository: REPOSITORY, earlier, contents: now });
}

describe("a release is compared with", () => {
  test("the newest that is out: a tag whose run failed, or that was of other nodes, is none", async () => {
    const registry = fakeRegistry(REPOSITORY);
    for (const version of ["v1.1.0", "v1.2.1"]) registry.published(version, texts(version));
    const compared = await changes(registry, ["v1.2.2", "v1.2.1", "v1.1.0"]);
    expect(compared).toMatchObject({ kind: "compared", text: expect.stringContaining("`v1.2.1` → `v1.2.3`") });
  });

  test("nothing: it is the first, or none of those before it is out", async () => {
    const registry = fakeRegistry(REPOSITORY);
    expect(await changes(registry, [])).toEqual({ kind: "first" });
    expect(registry.calls).toEqual([]);
    expect(await changes(registry, ["v1.2.2"])).toEqual({ kind: "none published" });
  });

  test("one whose manifest is deleted, though the list names it, or that cannot be read: the release goes on, and says so", async () => {
    const registry = fakeRegistry(REPOSITORY);
    const image = registry.published("v1.2.2", texts("v1.2.2"));
    registry.deleted(image, ATTACHMENTS.manifest.type);
    expect(await changes(registry, ["v1.2.2", "v1.2.1"])).toMatchObject({
      kind: "unreadable",
      before: "v1.2.2",
      why: expect.stringContaining(`found no manifest attached to ${REPOSITORY}:v1.2.2`),
    });
    registry.published("v1.2.1", { ...texts("v1.2.1"), manifest: '{"another": "form"}' });
    expect(await changes(registry, ["v1.2.1"])).toMatchObject({ kind: "unreadable", before: "v1.2.1" });
  });
});
