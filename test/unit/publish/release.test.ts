import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { HegemonikonError } from "../../../.dagger/src/errors.js";
import { believedProblems } from "../../../.dagger/src/plan/release-belief.js";
import { failureText, isDenied, isNotFound, isNotSigned } from "../../../.dagger/src/plan/release-failure.js";
import { CONTENT_DIGEST, identityKeys, releaseJobOf } from "../../../.dagger/src/plan/release-identity.js";
import {
  type PublishInput,
  publishProblems,
  readerProblems,
  readReference,
  readRegistry,
  refuse,
} from "../../../.dagger/src/plan/release-input.js";
import { annotate, onlyManifest } from "../../../.dagger/src/plan/release-layout.js";
import { readBuildManifest } from "../../../.dagger/src/plan/release-manifest.js";
import {
  artifactType,
  decide,
  missingAttachments,
  NAMELESS_TYPE,
  publishedText,
  readManifest,
  readReferrers,
  SIGNATURE_TYPE,
} from "../../../.dagger/src/plan/release-state.js";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;

const good: PublishInput = {
  registry: "ghcr.io/someone/hegemonikon",
  username: "someone",
  password: true,
  version: "v1.2.3",
  key: true,
  oidcUrl: false,
  oidcToken: false,
  sourceUrl: "https://github.com/someone/hegemonikon",
};

describe("what a caller gives", () => {
  test("is accepted where it is right", () => {
    expect(publishProblems(good)).toEqual([]);
    expect(publishProblems({ ...good, key: false, oidcUrl: true, oidcToken: true })).toEqual([]);
  });

  test("is refused all at once, each with what was found and expected", () => {
    const bad = {
      ...good,
      registry: "https://ghcr.io/x",
      username: " ",
      password: false,
      version: "1.2",
      key: false,
    };
    expect(publishProblems(bad)).toEqual([
      'registry: found "https://ghcr.io/x", expected HOST[:PORT][/PATH] in lower case, without a scheme or a tag, e.g. ghcr.io/someone/hegemonikon',
      'username: found "", expected the name to log in with',
      "password: found an empty secret, expected a token, e.g. --password=env://TOKEN",
      'version: found "1.2", expected a semantic version of at most 64 characters, e.g. v1.2.3 or v1.2.3-rc.1',
      "key: found nothing to sign with, expected --key=file://cosign.key (with --key-password), or --oidc-url and --oidc-token in GitHub Actions",
    ]);
    expect(() => refuse("publish", publishProblems(bad))).toThrow(
      /^publish: 5 things are not right\n {2}registry: found "https/,
    );
    expect(() => refuse("publish", [])).not.toThrow();
  });

  test("to read: a login, whole, or none", () => {
    expect(readerProblems("", false)).toEqual([]);
    expect(readerProblems("someone", true)).toEqual([]);
    expect(readerProblems("", true)[0]).toStartWith('username: found "" beside a password');
    expect(readerProblems("someone", false)[0]).toStartWith("password: found nothing beside a username");
  });

  test("one way to sign, whole", () => {
    expect(publishProblems({ ...good, oidcUrl: true })).toHaveLength(1);
    expect(publishProblems({ ...good, key: false, oidcUrl: true })).toEqual([
      "oidc-token: found nothing, expected both of them or a key",
    ]);
  });

  test("a repository's address, or none", () => {
    const wrong = (sourceUrl: string) => publishProblems({ ...good, sourceUrl });
    for (const text of ["", "https://github.com/a/b.git", "https://git.lan:3000/a/b/", "https://codeberg.org/a/b"]) {
      expect([text, ...wrong(text)]).toEqual([text]);
    }
    for (const text of [
      "nonsense",
      " ",
      "git@github.com:a/b.git",
      "https://github.com",
      "https://github.com/",
      "https://user:word@github.com/a/b",
      "https://github.com/a/b?x",
      "https://github.com/a b",
    ]) {
      expect(wrong(text)).toEqual([
        `source-url: found ${JSON.stringify(text)}, expected the repository's web address, e.g. https://github.com/someone/hegemonikon`,
      ]);
    }
  });

  test("a repository's address without TLS is a label, and nothing by which a job is known", () => {
    const sourceUrl = "http://gitea.lan:3000/me/x";
    expect(publishProblems({ ...good, sourceUrl })).toEqual([]);
    const job = { ...good, key: false, oidcUrl: true, oidcToken: true, sourceUrl };
    expect(publishProblems(job)).toEqual([expect.stringMatching(/^source-url: found "http:/)]);
  });

  test("by what a signature is believed: a public key, or an expression of cosign's own kind", () => {
    const key = "-----BEGIN PUBLIC KEY-----\nMFk=\n-----END PUBLIC KEY-----\n";
    expect(believedProblems({ key, identity: "" })).toEqual([]);
    for (const text of ["# README", "", key.replaceAll("PUBLIC", "ENCRYPTED SIGSTORE PRIVATE")]) {
      expect(believedProblems({ key: text, identity: "" })).toEqual([
        "key: found no public key in the file, expected cosign.pub, as cosign generate-key-pair writes it",
      ]);
    }
    for (const identity of [
      releaseJobOf("https://github.com/a/b", "v1.2.3"),
      "(?i)^https://github\\.com/",
      "a(?i:b)(?s-m:.)c",
      "^\\Qhttps://(a)(\\E$",
      "(?P<host>[[:alpha:]]+)\\z",
      "\\Ahttps://(a|b)/",
    ]) {
      expect([identity, ...believedProblems({ key: undefined, identity })]).toEqual([identity]);
    }
    for (const identity of ["(", "a[", "a)", "*"]) {
      expect(believedProblems({ key: undefined, identity })[0]).toStartWith(
        `identity: found ${JSON.stringify(identity)}, expected a regular expression`,
      );
    }
  });

  test("registries", () => {
    for (const text of [
      "ghcr.io/a/b",
      "registry.lan:5000",
      "localhost:5000/x",
      "10.87.0.1:5000/lab",
      "localhost/x",
      "registry:65535/x",
      "quay.io/a_b/c-d/e.f",
      "registry:5000/lab",
      "127.0.0.1:65535",
    ]) {
      expect(readRegistry(text)).toEqual({ host: text.split("/")[0] as string, prefix: text });
    }
    for (const text of [
      "",
      "/",
      "ghcr",
      "GHCR.io/a",
      "ghcr.io/",
      "ghcr.io/a:tag",
      "ghcr.io/a@sha256:x",
      "http://x.y",
      "a b.c/d",
      "x.y/../z",
      "-x.y",
      "..:1",
      "-:5/x",
      "registry-:5000/x",
      "localhost:99999",
      "localhost:0",
      "x.y:",
      "a-:5000",
      "a..b:5000",
      "registry.lan:65536/lab",
      "localhost:",
    ]) {
      expect(readRegistry(text)).toBeString();
    }
  });

  test("references", () => {
    expect(readReference("registry.lan:5000/lab/noos:v1.2.3")).toEqual({
      host: "registry.lan:5000",
      repository: "registry.lan:5000/lab/noos",
      tag: "v1.2.3",
    });
    expect(readReference(`ghcr.io/a/noos:v1@${DIGEST}`)).toEqual({
      host: "ghcr.io",
      repository: "ghcr.io/a/noos",
      tag: "v1",
      digest: DIGEST,
    });
    for (const text of ["noos", "noos:v1", "ghcr.io/a/noos", "ghcr.io/a/noos@sha256:12", "oci:ghcr.io/a/noos:v1"]) {
      expect(readReference(text)).toBeString();
    }
    fc.assert(fc.property(fc.string(), (text) => void readReference(text)));
  });
});

describe("an image that is published", () => {
  test("says what it is by the keys of the OCI specification", () => {
    const identity = {
      node: "noos",
      role: "Local AI",
      version: "v1.2.3",
      revision: "",
      source: "https://github.com/a/b",
      contentDigest: DIGEST,
      base: { name: "docker.io/library/ubuntu:24.04", digest: OTHER },
    };
    const keys = Object.fromEntries(identityKeys(identity));
    expect(keys[CONTENT_DIGEST]).toBe(DIGEST);
    expect(keys["org.opencontainers.image.base.digest"]).toBe(OTHER);
    expect("org.opencontainers.image.revision" in keys).toBe(false);
  });

  test("keeps layers and configuration when it is annotated, and always gets the same digest", () => {
    const manifest = JSON.stringify({
      schemaVersion: 2,
      config: { digest: DIGEST },
      layers: [{ digest: OTHER }],
      annotations: { z: "1" },
    });
    const one = annotate(manifest, [
      ["b", "2"],
      ["a", "1"],
    ]);
    const two = annotate(manifest, [
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(one).toEqual(two);
    const text = one.files[0]?.text ?? "";
    expect(one.digest).toBe(`sha256:${createHash("sha256").update(text).digest("hex")}`);
    expect(JSON.parse(text)).toEqual({ ...JSON.parse(manifest), annotations: { a: "1", b: "2", z: "1" } });
    expect(onlyManifest(one.files[1]?.text ?? "")).toBe(one.digest);
  });

  test("comes from an archive with one image", () => {
    expect(() => onlyManifest(JSON.stringify({ manifests: [] }))).toThrow(HegemonikonError);
    expect(() => onlyManifest(JSON.stringify({ manifests: [{ digest: DIGEST }, { digest: OTHER }] }))).toThrow(
      /found 2 images/,
    );
    expect(() => onlyManifest("nothing")).toThrow(HegemonikonError);
  });
});

describe("a version that exists", () => {
  const manifest = (contentDigest: string) =>
    JSON.stringify({ annotations: { [CONTENT_DIGEST]: contentDigest, "org.opencontainers.image.revision": "abc" } });

  test("is pushed once, adopted where its content is the same, refused where it is another", () => {
    expect(decide("r:v1", undefined, DIGEST)).toEqual({ push: true });
    expect(decide("r:v1", readManifest(OTHER, manifest(DIGEST)), DIGEST)).toEqual({ push: false, digest: OTHER });
    expect(() => decide("r:v1", readManifest(OTHER, manifest(OTHER)), DIGEST)).toThrow(
      `publish: r:v1 exists with another content\n  found ${OTHER} (from revision abc)\n  expected ${DIGEST}\n  A version that is out keeps its content`,
    );
    expect(() => decide("r:v1", readManifest(OTHER, "{}"), DIGEST)).toThrow(
      /an image that this project did not publish/,
    );
    expect(() => decide("r:v1", readManifest(OTHER, "no json"), DIGEST)).toThrow(HegemonikonError);
  });

  test("lacks what was not attached when a call was interrupted", () => {
    const output = JSON.stringify({ referrers: [{ artifactType: "application/vnd.cyclonedx+json", digest: DIGEST }] });
    expect(missingAttachments(readReferrers(output))).toEqual(["manifest", "content"]);
    expect(readReferrers(JSON.stringify({ manifests: [{ artifactType: "a", digest: DIGEST }] }))).toHaveLength(1);
    expect(readReferrers("no json")).toEqual([]);
  });

  test("is signed by cosign's own kind of bundle, not by any", () => {
    const bundle = (predicate: string) =>
      JSON.stringify({ artifactType: SIGNATURE_TYPE, annotations: { "dev.sigstore.bundle.predicateType": predicate } });
    expect(artifactType(bundle("https://sigstore.dev/cosign/sign/v1"))).toBe(SIGNATURE_TYPE);
    expect(artifactType(bundle("https://slsa.dev/provenance/v1"))).toBe("");
    expect(artifactType(JSON.stringify({ artifactType: SIGNATURE_TYPE }))).toBe("");
    expect(artifactType("{}")).toBe(NAMELESS_TYPE);
  });

  test("is reported with its digest and every reference", () => {
    const published = {
      node: "noos",
      version: "v1.2.3",
      repository: "r",
      digest: OTHER,
      contentDigest: DIGEST,
      pushed: false,
      references: [`r:v1.2.3@${OTHER}`],
    };
    expect(publishedText(published)).toBe(
      `noos v1.2.3 was published already with this content, nothing pushed\n  digest   ${OTHER}\n  content  ${DIGEST}\n  r:v1.2.3@${OTHER}\n`,
    );
  });
});

describe("a registry that fails", () => {
  // The words that oras 1.3.0 printed against Debian's docker-registry.
  const missing =
    "Error response from registry: name unknown: repository name not known to registry: map[name:lab/noos]";
  const denied =
    "Error response from registry: unauthorized: authentication required: [map[Action:pull Class: Name:lab/noos Type:repository]]";
  const untrusted =
    'Error: Get "https://r/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority';
  const down = 'Error: Get "https://r/v2/": dial tcp 10.87.0.1:43649: connect: connection refused';

  test("a thing that is not there yet is no failure, a refused login is one", () => {
    expect([missing, "failed to resolve digest: r:v1: not found"].map(isNotFound)).toEqual([true, true]);
    expect([denied, untrusted, down].map(isNotFound)).toEqual([false, false, false]);
  });

  test("a package that ghcr.io denies because it does not exist yet is no refused login", () => {
    const absent =
      'GET "https://ghcr.io/token?scope=repository%3Aa%2Fb%3Apull&service=ghcr.io": response status code 403: denied: denied';
    expect([absent, denied, untrusted, down, missing].map(isDenied)).toEqual([true, false, false, false, false]);
  });

  test("an image that is not signed by whom it must be is no failure of the question", () => {
    // The words of cosign v3.0.2, and of v3.0.6.
    const words = [
      "Error: no signatures found",
      "Error: no matching attestations: failed to verify signature: could not verify envelope",
      "Error: no matching signatures: none of the expected identities matched what was in the certificate",
    ];
    expect(words.map(isNotSigned)).toEqual([true, true, true]);
    expect([denied, untrusted, down].map(isNotSigned)).toEqual([false, false, false]);
    const key = failureText("read the key to sign with", "--key", "Error: decrypt: encrypted: decryption failed");
    expect(key).toContain("the key's password is wrong");
    expect(failureText("s", "--key", "Error: invalid pem block")).toContain("no private key that cosign made");
  });

  test("is explained in words, with the tool's own last words behind", () => {
    expect(failureText("list the tags", "r/noos", denied)).toBe(
      `list the tags (r/noos): the registry refused the username or the password\n  ${denied}`,
    );
    expect(failureText("s", "r", untrusted)).toContain("give its authority with --ca");
    expect(failureText("s", "r", down)).toContain("cannot be reached");
    expect(failureText("s", "r", "a\nb\nc\nd\n")).toBe("s (r): failed\n  b\n  c\n  d");
  });
});

describe("a build's manifest", () => {
  test("is read as far as publishing needs it", () => {
    const text = JSON.stringify({ node: "noos", version: "v1.0.0", contentDigest: DIGEST, more: 1 });
    expect(readBuildManifest("manifest.json", text)).toMatchObject({ node: "noos", revision: "", standins: [] });
    expect(() => readBuildManifest("manifest.json", "{")).toThrow(HegemonikonError);
    expect(() => readBuildManifest("manifest.json", "{}")).toThrow(
      /manifest.json: not the manifest of a build\n {2}node: /,
    );
  });
});
