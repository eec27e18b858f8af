import { describe, expect, spyOn, test } from "bun:test";
import { ATTACHMENTS, type Staged } from "../../../.dagger/src/plan/release-state.js";
import { parseVersion } from "../../../.dagger/src/plan/version.js";
import { nameImage } from "../../../.dagger/src/publish/image.js";
import type { Signer } from "../../../.dagger/src/publish/signing.js";
import { type Complete, completion, lacks, type Upload } from "../../../.dagger/src/publish/whole.js";
import { fakeRegistry } from "./fake-tools";

const REPOSITORY = "registry.lan/lab/noos";
const DIGEST = `sha256:${"a".repeat(64)}`;
const IMAGE = `${REPOSITORY}@${DIGEST}`;
const signer = { kind: "keyless", oidcUrl: {}, oidcToken: {} } as Signer;
const verifier = { kind: "keyless", identity: "^https://github\\.com/a/b/", issuer: "https://issuer.invalid" } as const;

/** An image in a registry with nothing attached, how it is completed, and who signs as what. */
function image(signsAs: string) {
  const registry = fakeRegistry(REPOSITORY);
  registry.pushed(DIGEST);
  const tools = { oras: registry.oras, cosign: registry.cosign(signsAs), verifier };
  const attachments = { sbom: "the SBOM", manifest: "the manifest", content: "the listing" };
  const complete: Complete = completion({ attachments } as unknown as Upload, tools, signer);
  const signatures = () => registry.calls.filter((call) => call.startsWith("sign ")).length;
  return { registry, tools, complete, signatures };
}

const staged: Staged = {
  node: "noos",
  repository: REPOSITORY,
  parts: { flavorRelease: "24.04", variant: "core", arch: "amd64", model: "generic", version: parseVersion("v1.0.0") },
  contentDigest: DIGEST,
  digest: DIGEST,
  pushed: true,
};

describe("an image is completed", () => {
  test("once: everything attached, and one signature that is believed", async () => {
    const { tools, complete, signatures } = image("friend");
    expect([await complete(IMAGE), await lacks(tools, IMAGE), signatures()]).toEqual([true, false, 1]);
    expect([await complete(IMAGE), signatures()]).toEqual([false, 1]);
  });

  test("again where what is listed was deleted", async () => {
    const { registry, tools, complete } = image("friend");
    await complete(IMAGE);
    registry.deleted(DIGEST, ATTACHMENTS.manifest.type);
    expect(await lacks(tools, IMAGE)).toBe(true);
    expect([await complete(IMAGE), await lacks(tools, IMAGE)]).toEqual([true, false]);
  });

  test("never by a signature that is not believed: one is made, its refusal is shown, and the image gets no name", async () => {
    const { registry, tools, complete, signatures } = image("stranger");
    const words =
      /^sign \(registry\.lan\/lab\/noos@sha256:a+\): the signature that was just made is not believed[\s\S]*--source-url[\s\S]*no matching attestations: the job is another one$/;
    await expect(complete(IMAGE)).rejects.toThrow(words);
    expect(signatures()).toBe(1);
    await expect(nameImage(staged, tools, complete)).rejects.toThrow(words);
    expect([...registry.tags.keys()]).toEqual([]);
  });

  test("by nobody who cannot keep it whole: after some rounds it is given up, without a name", async () => {
    const { registry, tools } = image("friend");
    await expect(nameImage(staged, tools, async () => true)).rejects.toThrow(/is being changed by somebody else/);
    expect([...registry.tags.keys()]).toEqual([]);
  });
});

test("a version whose name is deleted while it is published is none: what was found and expected is said", async () => {
  const { registry, tools, complete } = image("friend");
  await complete(IMAGE);
  const later = spyOn(globalThis, "setTimeout").mockImplementation(((wake: () => void) => {
    registry.tags.delete("v1.0.0");
    wake();
  }) as never);
  const named = nameImage(staged, tools, complete);
  await expect(named.finally(() => later.mockRestore())).rejects.toThrow(
    `publish: ${REPOSITORY}:v1.0.0 was set, and 5 s later found no such tag, expected it to name ${DIGEST}`,
  );
});
