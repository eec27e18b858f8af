import { afterAll, beforeAll, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, connection, dag, ImageMediaTypes, type Secret } from "@dagger.io/dagger";
import { imageReference } from "../../../.dagger/src/plan/references.js";
import { CONTENT_DIGEST } from "../../../.dagger/src/plan/release-identity.js";
import { releasedMedium } from "../../../.dagger/src/plan/release-plan.js";
import type { Attachment } from "../../../.dagger/src/plan/release-state.js";
import { parseVersion } from "../../../.dagger/src/plan/version.js";
import { type Access, registryTool, runTool } from "../../../.dagger/src/publish/access.js";
import { attachedTexts } from "../../../.dagger/src/publish/attached.js";
import {
  manifestAt,
  nameImage,
  type PublishTools,
  publishedTags,
  publishImage,
  stageImage,
  type Upload,
} from "../../../.dagger/src/publish/image.js";
import { annotatedLayout } from "../../../.dagger/src/publish/layout.js";
import { withSums } from "../../../.dagger/src/publish/released-files.js";
import { NO_ROOT, type Signer, signFile, verifySignature } from "../../../.dagger/src/publish/signing.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { startRegistry, type TestRegistry } from "./registry";

// Publishing itself, on a real engine against a real registry with TLS and a password, with the real oras and cosign.
// The image is one file: what a node's image is made of is other tests' concern.

const sources = parseSources("sources.yaml", readFileSync(join(import.meta.dir, "../../../sources.yaml"))).sources;
if (!sources) throw new Error("sources.yaml cannot be read");
// By version alone: where stand-ins serve these names, the digests of the real images are not there.
const address = (name: string) => imageReference(sources, name).address.replace(/@.*/, "");
const UNPACKER = address("ubuntu-24.04");

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.remove());

/** Runs in a session with the engine. */
const onEngine = (run: () => Promise<void>) => () => connection(run, { LogOutput: undefined });

const file = (name: string, text: string) => dag.directory().withNewFile(name, text).file(name);

function access(password = registry.password): Access {
  const secret: Secret = dag.setSecret(`test-password-${password}`, password);
  return {
    host: registry.host,
    login: { username: registry.username, password: secret },
    ca: file("ca.pem", registry.ca),
  };
}

async function tools(at = access()): Promise<PublishTools> {
  return { oras: await registryTool(address("oras"), at), cosign: await registryTool(address("cosign"), at) };
}

/** A key pair, made by cosign as a user makes one. */
async function keyPair(cosign: Container, password: string): Promise<{ signer: Signer; publicKey: string }> {
  const made = cosign
    .withEnvVariable("COSIGN_PASSWORD", password)
    .withWorkdir("/tmp")
    .withExec(["generate-key-pair"], { useEntrypoint: true });
  const key = dag.setSecret(`key-${password}`, await made.file("/tmp/cosign.key").contents());
  const signer: Signer = { kind: "key", key, password: dag.setSecret(`key-password-${password}`, password) };
  return { signer, publicKey: await made.file("/tmp/cosign.pub").contents() };
}

async function upload(name: string, version: string, content: string): Promise<Upload> {
  const contentDigest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const archive = dag
    .container()
    .withNewFile("/etc/role", content)
    .asTarball({ mediaTypes: ImageMediaTypes.OcimediaTypes });
  const layout = await annotatedLayout(archive, UNPACKER, [[CONTENT_DIGEST, contentDigest]]);
  const attachments: Record<Attachment, ReturnType<typeof file>> = {
    sbom: file("sbom.cdx.json", '{"bomFormat":"CycloneDX","components":[]}'),
    manifest: file("manifest.json", JSON.stringify({ node: name, version, contentDigest })),
    content: file("content.txt", content),
  };
  return {
    node: name,
    repository: `${registry.host}/lab/${name}`,
    parts: { flavorRelease: "24.04", variant: "core", arch: "amd64", model: "generic", version: parseVersion(version) },
    contentDigest,
    layout: layout.directory,
    digest: layout.digest,
    attachments,
  };
}

test(
  "what is published is signed, complete and under every tag; a second time pushes nothing; a channel moves on",
  onEngine(async () => {
    const used = await tools();
    const { signer, publicKey } = await keyPair(used.cosign, "first");
    const first = await upload("noos", "v1.0.0", "one");
    const published = await publishImage(first, used, signer);
    expect(published.pushed).toBe(true);
    expect(published.digest).toBe(first.digest);
    const tag = (name: string) => `${first.repository}:${name}@${first.digest}`;
    expect(published.references).toEqual(
      ["v1.0.0", "24.04-core-amd64-generic-v1.0.0", "latest", "v1", "v1.0"].map(tag),
    );

    const fresh = await tools();
    const tags = await publishedTags(fresh.oras, first.repository);
    expect(tags).toEqual(expect.arrayContaining(["24.04-core-amd64-generic-v1.0.0", "latest", "v1", "v1.0", "v1.0.0"]));
    for (const name of ["latest", "v1.0.0"]) {
      const manifest = await manifestAt(fresh.oras, `${first.repository}:${name}`);
      expect(manifest).toMatchObject({ digest: first.digest, contentDigest: first.contentDigest });
    }
    const image = `${first.repository}@${first.digest}`;
    expect(await attachedTexts(fresh.oras, image)).toEqual({
      sbom: '{"bomFormat":"CycloneDX","components":[]}',
      manifest: JSON.stringify({ node: "noos", version: "v1.0.0", contentDigest: first.contentDigest }),
      content: "one",
    });
    expect(await verifySignature(fresh.cosign, { kind: "key", key: file("k.pub", publicKey) }, image)).toContain(
      first.digest,
    );

    const other = await keyPair(fresh.cosign, "other");
    const wrongKey = verifySignature(fresh.cosign, { kind: "key", key: file("o.pub", other.publicKey) }, image);
    await expect(wrongKey).rejects.toThrow(/verify the signature/);

    const again = await publishImage(await upload("noos", "v1.0.0", "one"), await tools(), signer);
    expect(again).toMatchObject({ pushed: false, digest: first.digest, references: published.references });

    const changed = publishImage(await upload("noos", "v1.0.0", "two"), await tools(), signer);
    await expect(changed).rejects.toThrow(/noos:v1\.0\.0 exists with another content/);

    const candidate = await publishImage(await upload("noos", "v1.1.0-rc.1", "three"), await tools(), signer);
    expect(
      candidate.references.map((reference) =>
        reference
          .split(":")
          .at(-2)
          ?.replace(/@sha256$/, ""),
      ),
    ).toEqual(["v1.1.0-rc.1", "24.04-core-amd64-generic-v1.1.0-rc.1", "rc"]);
    expect((await manifestAt((await tools()).oras, `${first.repository}:latest`))?.digest).toBe(first.digest);
  }),
);

test(
  "two publishers at once: the same content ends as one image, another content is refused to one of them",
  onEngine(async () => {
    const { signer } = await keyPair((await tools()).cosign, "both");
    const same = await Promise.all(
      [1, 2].map(async () => publishImage(await upload("protos", "v1.0.0", "same"), await tools(), signer)),
    );
    expect(new Set(same.map(({ digest }) => digest)).size).toBe(1);

    const different = await Promise.allSettled(
      ["mine", "yours"].map(async (text) =>
        publishImage(await upload("protos", "v2.0.0", text), await tools(), signer),
      ),
    );
    const won = different.filter(({ status }) => status === "fulfilled");
    expect(won.length).toBe(1);
    const repository = `${registry.host}/lab/protos`;
    const oras = (await tools()).oras;
    const now = await manifestAt(oras, `${repository}:v2.0.0`);
    for (const name of ["24.04-core-amd64-generic-v2.0.0", "latest"]) {
      expect((await manifestAt(oras, `${repository}:${name}`))?.digest).toBe(now?.digest as string);
    }
    for (const result of different) {
      if (result.status === "rejected") expect(String(result.reason)).toContain("exists with another content");
    }
  }),
);

test(
  "what is staged has no name and is whole; what is not whole gets none; of two named at once the newer has the channels",
  onEngine(async () => {
    const used = await tools();
    const { signer } = await keyPair(used.cosign, "staged");
    const [old, young] = [await upload("staged", "v1.3.0", "old"), await upload("staged", "v1.3.1", "young")];
    const staged = [await stageImage(old, used, signer), await stageImage(young, used, signer)];
    // Beside names, a registry without the referrers API has a tag a digest that something is attached to.
    const names = (await publishedTags(used.oras, old.repository)).filter((tag) => !tag.startsWith("sha256-"));
    expect(names).toEqual([]);
    expect((await manifestAt(used.oras, `${old.repository}@${old.digest}`))?.contentDigest).toBe(old.contentDigest);
    expect(await stageImage(old, used, signer)).toMatchObject({ digest: old.digest });

    const bare = await upload("staged", "v1.4.0", "bare");
    const layout = used.oras.withMountedDirectory("/l", bare.layout);
    const args = ["cp", "--from-oci-layout", `/l@${bare.digest}`, `${bare.repository}@${bare.digest}`];
    await runTool(layout, args, { step: "push", where: bare.repository });
    await expect(nameImage({ ...bare, pushed: false }, used.oras)).rejects.toThrow(
      /lacks its signature or what is attached/,
    );

    const named = await Promise.all(staged.map((one) => nameImage(one, used.oras)));
    expect(named.map(({ version }) => version)).toEqual(["v1.3.0", "v1.3.1"]);
    for (const channel of ["latest", "v1", "v1.3", "v1.3.1"]) {
      const at = (await manifestAt(used.oras, `${old.repository}:${channel}`))?.digest as string;
      expect([channel, at]).toEqual([channel, young.digest]);
    }
    expect((await manifestAt(used.oras, `${old.repository}:v1.3.0`))?.digest).toBe(old.digest);
    expect(await publishedTags(used.oras, old.repository)).not.toContain("v1.4.0");
  }),
);

test(
  "a wrong password, a missing authority and a registry that is down are named, and nothing is published",
  onEngine(async () => {
    const { signer } = await keyPair((await tools()).cosign, "faults");
    const image = await upload("kairos", "v1.0.0", "one");
    await expect(publishImage(image, await tools(access("wrong")), signer)).rejects.toThrow(
      /^list the tags \(.*\/lab\/kairos\): the registry refused the username or the password/,
    );
    const { ca: _, ...untrusting } = access();
    await expect(publishImage(image, await tools(untrusting), signer)).rejects.toThrow(/give its authority with --ca/);
    await registry.stop();
    await expect(publishImage(image, await tools(), signer)).rejects.toThrow(/cannot be reached, or went away/);
    await registry.start();
    expect(await publishedTags((await tools()).oras, image.repository)).toEqual([]);
  }),
);

test(
  "a registry that goes away in the middle leaves no version behind, and the next call finishes what was begun",
  onEngine(async () => {
    const { signer } = await keyPair((await tools()).cosign, "middle");
    const image = await upload("thuroros", "v1.0.0", "one");
    const cut = publishImage(image, await tools(), signer).then(
      () => "published",
      (error: Error) => error.message,
    );
    // The image is there, what is attached to it and its signature are to come.
    while (!registry.holds(image.repository, image.digest)) await Bun.sleep(20);
    await registry.stop();
    expect(await cut).toContain("cannot be reached, or went away");
    await registry.start();
    const oras = (await tools()).oras;
    expect(await manifestAt(oras, `${image.repository}:v1.0.0`)).toBeUndefined();
    expect(await manifestAt(oras, `${image.repository}:latest`)).toBeUndefined();

    const finished = await publishImage(image, await tools(), signer);
    expect(finished).toMatchObject({ pushed: true, digest: image.digest });
    expect((await manifestAt((await tools()).oras, `${image.repository}:v1.0.0`))?.digest).toBe(image.digest);
  }),
);

test(
  "a file is signed with the key, and its signature verified by cosign",
  onEngine(async () => {
    const { cosign } = await tools();
    const { signer, publicKey } = await keyPair(cosign, "file");
    const sums = file("SHA256SUMS", "abc  x\n");
    const bundle = await signFile(cosign, signer, sums);
    const verifier = cosign
      .withMountedFile("/f", sums)
      .withMountedFile("/b", bundle)
      .withMountedFile("/k", file("k.pub", publicKey))
      .withMountedFile("/r", file("root.json", NO_ROOT));
    const args = ["verify-blob", "--key=/k", "--bundle=/b", "--private-infrastructure=true", "--trusted-root=/r", "/f"];
    await runTool(verifier, args, { step: "verify the file", where: "SHA256SUMS" });
    const forged = verifier.withMountedFile("/f", file("SHA256SUMS", "def  x\n"));
    await expect(runTool(forged, args, { step: "verify the file", where: "SHA256SUMS" })).rejects.toThrow(
      /verify the file/,
    );
  }),
);

test(
  "a medium that is too large is released in parts, and the line of the notes joins and checks them",
  onEngine(async () => {
    const text = "0123456789abcdef".repeat(1000);
    const medium = releasedMedium("noos-v1.0.0.iso", text.length, 8_000, 6_000);
    expect(medium.parts).toBe(3);
    const files = dag.directory().withNewFile("notes.md", "## noos\n");
    const folder = mkdtempSync(join(tmpdir(), "hegemonikon-parts-"));
    await withSums(UNPACKER, files, file(medium.name, text), medium).export(folder);
    const parts = [1, 2, 3].map((i) => `${medium.name}.part-0${i}`);
    expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", ...parts, "notes.md"].sort());
    execFileSync("sha256sum", ["--check", "--quiet", "--ignore-missing", "SHA256SUMS"], { cwd: folder });
    execFileSync("sh", ["-c", medium.join ?? "false"], { cwd: folder });
    expect(readFileSync(join(folder, medium.name), "utf8")).toBe(text);
    writeFileSync(join(folder, parts[1] as string), "damaged");
    expect(spawnSync("sh", ["-c", medium.join ?? "true"], { cwd: folder }).status).not.toBe(0);
  }),
);
