import { afterAll, beforeAll, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, connection, dag, ImageMediaTypes, type Secret } from "@dagger.io/dagger";
import { contentsOf } from "../../../.dagger/src/plan/diff-read.js";
import { imageReference } from "../../../.dagger/src/plan/references.js";
import { CONTENT_DIGEST } from "../../../.dagger/src/plan/release-identity.js";
import { readBuildManifest } from "../../../.dagger/src/plan/release-manifest.js";
import { releasedMedium } from "../../../.dagger/src/plan/release-plan.js";
import { ATTACHMENTS, type Attachment, SIGNATURE_TYPE } from "../../../.dagger/src/plan/release-state.js";
import { parseVersion } from "../../../.dagger/src/plan/version.js";
import { type Access, registryTool, runTool } from "../../../.dagger/src/publish/access.js";
import { attachedTexts } from "../../../.dagger/src/publish/attached.js";
import {
  manifestAt,
  nameImage,
  pointChannels,
  publishedTags,
  publishImage,
  stageImage,
} from "../../../.dagger/src/publish/image.js";
import { annotatedLayout } from "../../../.dagger/src/publish/layout.js";
import { promoteImages } from "../../../.dagger/src/publish/promote.js";
import { releaseChanges } from "../../../.dagger/src/publish/release-changes.js";
import { withSums } from "../../../.dagger/src/publish/released-files.js";
import {
  disbelief,
  isSigned,
  NO_ROOT,
  type Signer,
  sign,
  signFile,
  verifierOf,
} from "../../../.dagger/src/publish/signing.js";
import { lacks, type PublishTools, referrers, type Upload } from "../../../.dagger/src/publish/whole.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { reachableAddress, startRegistry, type TestRegistry } from "./registry";

// Publishing itself, on a real engine against a real registry with TLS and a password, with the real oras and cosign.
// The image is one file: what a node's image is made of is other tests' concern.

const sources = parseSources("sources.yaml", readFileSync(join(import.meta.dir, "../../../sources.yaml"))).sources;
if (!sources) throw new Error("sources.yaml cannot be read");
// By version alone where stand-ins serve these names: the digests of the real images are not there.
const standins = process.env.HEGEMONIKON_SOURCES !== undefined;
const address = (name: string) => imageReference(sources, name).address.replace(standins ? /@.*/ : "", "");
/** What the document says of a publish's requests. */
const SCALE = readFileSync(join(import.meta.dir, "../../../docs/scale.md"), "utf8");
const REQUESTS = Number(/^\| requests of that publish \| (\d+), in /m.exec(SCALE)?.[1]);
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

/** The tools of one who believes what a signer signs, and nobody else. */
async function believing(tools: PublishTools, signer: Signer): Promise<PublishTools> {
  return { ...tools, verifier: await verifierOf(tools.cosign, signer, "", undefined) };
}

const attachmentTypes = Object.values(ATTACHMENTS).map(({ type, file }) => [type, file] as const);

const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

async function upload(name: string, version: string, content: string): Promise<Upload> {
  const contentDigest = sha256(content);
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
    expect(await disbelief(fresh.cosign, { kind: "key", key: file("k.pub", publicKey) }, image)).toBeUndefined();

    const other = await keyPair(fresh.cosign, "other");
    const wrongKey = await disbelief(fresh.cosign, { kind: "key", key: file("o.pub", other.publicKey) }, image);
    expect(wrongKey).toMatch(/no matching (signatures|attestations)/);

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
  "two publishers at once: the same content ends as one whole image, another content is refused to one of them",
  onEngine(async () => {
    const { signer, publicKey } = await keyPair((await tools()).cosign, "both");
    // This registry has no referrers API, like ghcr.io: both write one list of what is attached.
    const whole = async (image: string, content: string) => {
      const used = { ...(await tools()), verifier: { kind: "key", key: file("k.pub", publicKey) } as const };
      expect([image, await lacks(used, image)]).toEqual([image, false]);
      expect((await attachedTexts(used.oras, image)).content).toBe(content);
    };
    const same = await Promise.all(
      [1, 2].map(async () => publishImage(await upload("protos", "v1.0.0", "same"), await tools(), signer)),
    );
    expect(new Set(same.map(({ digest }) => digest)).size).toBe(1);
    await whole(`${registry.host}/lab/protos@${same[0]?.digest}`, "same");

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
    await whole(`${repository}@${now?.digest}`, now?.contentDigest === sha256("mine") ? "mine" : "yours");
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
    await expect(nameImage({ ...bare, pushed: false }, used)).rejects.toThrow(
      /lacks what is attached to it, or a signature/,
    );

    const named = await Promise.all(staged.map((one) => nameImage(one, used)));
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
  "signed is what the key signed: not a file of the type, not another key's signature; a rotated key signs anew",
  onEngine(async () => {
    const bare = await tools();
    const [old, next] = [await keyPair(bare.cosign, "old"), await keyPair(bare.cosign, "next")];
    const image = await upload("signed", "v1.0.0", "one");
    const reference = `${image.repository}@${image.digest}`;
    // Whole but for the signature, and with a bundle that is none.
    await runTool(
      bare.oras.withMountedDirectory("/l", image.layout),
      ["cp", "--from-oci-layout", `/l@${image.digest}`, reference],
      { step: "push", where: reference },
    );
    for (const [type, name] of [...attachmentTypes, [SIGNATURE_TYPE, "bundle.json"] as const]) {
      const tool = bare.oras.withWorkdir("/w").withNewFile(`/w/${name}`, "{}");
      const at = { step: "attach", where: reference };
      await runTool(tool, ["attach", `--artifact-type=${type}`, reference, `${name}:${type}`], at);
    }
    const staged = { ...image, pushed: false };
    await expect(nameImage(staged, await believing(bare, old.signer))).rejects.toThrow(/a signature that is believed/);
    await expect(nameImage(staged, bare)).rejects.toThrow(/a signature that is believed/);

    const first = await publishImage(image, await believing(bare, old.signer), old.signer);
    expect(first.pushed).toBe(true);
    expect((await publishImage(image, await believing(bare, old.signer), old.signer)).pushed).toBe(false);
    await expect(nameImage(staged, await believing(bare, next.signer))).rejects.toThrow(/a signature that is believed/);

    expect((await publishImage(image, await believing(bare, next.signer), next.signer)).pushed).toBe(true);
    for (const { publicKey } of [old, next]) {
      const verifier = { kind: "key", key: file("k.pub", publicKey) } as const;
      expect(await isSigned(bare.cosign, verifier, reference)).toBe(true);
    }
    const stranger = await keyPair(bare.cosign, "stranger");
    const key = file("s.pub", stranger.publicKey);
    expect(await isSigned(bare.cosign, { kind: "key", key }, reference)).toBe(false);
  }),
);

test(
  "a signature that its own publisher does not believe is made once, is shown, and gives no name",
  onEngine(async () => {
    const used = await tools();
    const [mine, other] = [await keyPair(used.cosign, "mine"), await keyPair(used.cosign, "believed")];
    const doubting = await believing(used, other.signer);
    const image = await upload("unbelieved", "v1.0.0", "one");
    await expect(publishImage(image, doubting, mine.signer)).rejects.toThrow(
      /the signature that was just made is not believed[\s\S]*no matching attestations/,
    );
    const there = await referrers(used.oras, `${image.repository}@${image.digest}`);
    expect(there.filter(({ artifactType }) => artifactType === SIGNATURE_TYPE)).toHaveLength(1);
    const names = (await publishedTags(used.oras, image.repository)).filter((tag) => !tag.startsWith("sha256-"));
    expect(names).toEqual([]);
  }),
);

test(
  "what cleaning took from a released image: the next release says so; without the list's tag all of it is attached again",
  onEngine(async () => {
    const bare = await tools();
    const { signer } = await keyPair(bare.cosign, "cleaned");
    const used = await believing(bare, signer);
    const image = await upload("cleaned", "v1.0.0", "one");
    await publishImage(image, used, signer);
    const reference = `${image.repository}@${image.digest}`;
    const there = await referrers(used.oras, reference);
    const manifest = there.find(({ artifactType }) => artifactType === ATTACHMENTS.manifest.type);
    registry.forget(image.repository, manifest?.digest ?? "");

    const now = async () =>
      contentsOf(
        "v1.0.2",
        readBuildManifest("m", JSON.stringify({ node: "cleaned", version: "v1.0.2", contentDigest: sha256("two") })),
        "",
      );
    const { repository } = image;
    // v1.0.1 is a tag of a run that failed.
    const released = { node: "cleaned", repository, earlier: ["v1.0.1", "v1.0.0"], contents: now };
    expect(await releaseChanges(used.oras, released)).toMatchObject({ kind: "unreadable", before: "v1.0.0" });
    await expect(publishImage(image, used, signer)).rejects.toThrow(/delete the tag sha256-/);
    const list = `${repository}:${image.digest.replace(":", "-")}`;
    await runTool(used.oras, ["manifest", "delete", "--force", list], { step: "delete", where: list });
    expect((await publishImage(image, used, signer)).pushed).toBe(true);
    expect(await lacks(used, reference)).toBe(false);
    expect(await releaseChanges(used.oras, released)).toMatchObject({ kind: "compared" });
  }),
);

test(
  "the figures of docs/scale.md: how long the smallest image takes, and how many requests",
  onEngine(async () => {
    const bare = await tools();
    const { signer } = await keyPair(bare.cosign, "figures");
    const used = await believing(bare, signer);
    const image = await upload("figures", "v1.0.0", "one");
    // Made before the clock runs: what a build leaves is there, too.
    await image.layout.sync();
    const [before, began] = [registry.requests(), performance.now()];
    await publishImage(image, used, signer);
    const [asked, seconds] = [registry.requests() - before, (performance.now() - began) / 1000];
    console.log(`publish of the smallest image: ${seconds.toFixed(1)} s, ${asked} requests to the registry`);
    // Within a fifth: another version of oras or cosign may ask a few times more, or fewer.
    expect(asked).toBeGreaterThan(REQUESTS * 0.8);
    expect(asked).toBeLessThan(REQUESTS * 1.2);
  }),
);

test(
  "promote names the images of all nodes, or where one is not whole, none",
  onEngine(async () => {
    const used = await tools();
    const { signer } = await keyPair(used.cosign, "promote");
    const whole = await believing(used, signer);
    const [one, two] = [await upload("one", "v1.0.0", "one"), await upload("two", "v1.0.0", "two")];
    const staged = [await stageImage(one, whole, signer)];
    const names = async () => (await publishedTags(used.oras, one.repository)).filter((tag) => !/^sha256-/.test(tag));
    const missing = promoteImages([...staged, { ...two, pushed: false }], whole);
    await expect(missing).rejects.toThrow(/found no image .*\/lab\/two@sha256:/);
    expect(await names()).toEqual([]);
    staged.push(await stageImage(two, whole, signer));
    const other = await believing(used, (await keyPair(used.cosign, "else")).signer);
    await expect(promoteImages(staged, other)).rejects.toThrow(
      /2 things are not right[\s\S]*a signature that is believed/,
    );
    expect(await names()).toEqual([]);

    const published = await promoteImages(staged, whole);
    expect(published.map(({ node, pushed, references }) => [node, pushed, references.length])).toEqual([
      ["one", true, 5],
      ["two", true, 5],
    ]);
    expect((await names()).sort()).toEqual(["24.04-core-amd64-generic-v1.0.0", "latest", "v1", "v1.0", "v1.0.0"]);
    expect((await promoteImages(staged, whole)).map(({ pushed }) => pushed)).toEqual([false, false]);
  }),
);

test(
  "Kairos' tag keeps its content: who took the version's tag too late is told by it",
  onEngine(async () => {
    const used = await tools();
    const { signer } = await keyPair(used.cosign, "late");
    const [first, late] = [await upload("late", "v1.0.0", "first"), await upload("late", "v1.0.0", "late")];
    await publishImage(first, used, signer);
    const staged = { ...late, digest: late.digest, pushed: false };
    await expect(pointChannels(staged, used.oras)).rejects.toThrow(/generic-v1\.0\.0 exists with another content/);
    expect((await manifestAt(used.oras, `${first.repository}:latest`))?.digest).toBe(first.digest);
  }),
);

test(
  "a job of GitHub Actions signs with its identity, which its two variables give, and with no key",
  onEngine(async () => {
    // In place of cosign, whose services are public: a program that says what it was given, and how long each value is.
    const lengths = `url \${#ACTIONS_ID_TOKEN_REQUEST_URL} token \${#ACTIONS_ID_TOKEN_REQUEST_TOKEN} key \${#COSIGN_PRIVATE_KEY}`;
    const says = `echo "argv: $*"\necho "${lengths}"`;
    const cosign = (then: string) =>
      dag
        .container()
        .from(UNPACKER)
        .withNewFile("/bin/cosign-says", `#!/bin/sh\n${says}\n${then}\n`, { permissions: 0o755 })
        .withEntrypoint(["/bin/cosign-says"]);
    const signer: Signer = {
      kind: "keyless",
      oidcUrl: dag.setSecret("oidc-url", "https://identity.invalid"),
      oidcToken: dag.setSecret("oidc-token", "identity-of-the-job"),
    };
    // What is not authorized is not tried again, and an error shows what a tool said last.
    const refusing = cosign("echo 401; exit 1");
    await expect(sign(refusing, signer, "r/x@sha256:1")).rejects.toThrow(
      /argv: sign --yes r\/x@sha256:1\n.*url 24 token 19 key 0\n/,
    );
    await expect(signFile(refusing, signer, file("SHA256SUMS", "x"))).rejects.toThrow(
      /argv: sign-blob --yes --bundle=\/tmp\/bundle\.json \/hegemonikon-file\n.*url 24 token 19 key 0\n/,
    );
    const verified = async (tag: string | undefined) => {
      const verifier = await verifierOf(cosign("exit 0"), signer, "https://github.com/a/b", tag);
      if (verifier?.kind !== "keyless") throw new Error("no identity");
      // Its words are kept where it believes no signature.
      const words = await disbelief(cosign("echo no matching signatures; exit 1"), verifier, "r/x@sha256:1");
      return String(words);
    };
    const said = await verified(undefined);
    expect(said.split("\n")[0]).toBe(
      "argv: verify --certificate-identity-regexp=^https://github\\.com/a/b/ " +
        "--certificate-oidc-issuer=https://token.actions.githubusercontent.com r/x@sha256:1",
    );
    // A release believes its own job alone.
    expect((await verified("v1.2.3")).split("\n")[0]).toContain(
      "=^https://github\\.com/a/b/\\.github/workflows/release\\.yaml@refs/tags/v1\\.2\\.3$ ",
    );
    expect(said).toContain("url 0 token 0 key 0");
  }),
);

test(
  "a registry without TLS is refused: a password would go over the wire",
  onEngine(async () => {
    const asked: string[] = [];
    const plain = Bun.serve({
      hostname: reachableAddress(),
      port: 0,
      fetch: (request) => {
        asked.push(request.headers.get("authorization") ?? "");
        return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } });
      },
    });
    const at = { ...access(), host: plain.url.host };
    const image = { ...(await upload("plain", "v1.0.0", "one")), repository: `${plain.url.host}/lab/plain` };
    const { signer } = await keyPair((await tools()).cosign, "plain");
    await expect(publishImage(image, await tools(at), signer)).rejects.toThrow(/speaks plain HTTP|cannot be reached/);
    expect(asked).toEqual([]);
    await plain.stop(true);
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
