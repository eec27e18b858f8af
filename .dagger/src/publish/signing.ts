import { type Container, dag, type File, type Secret } from "@dagger.io/dagger";
import { isNotSigned } from "../plan/release-failure.js";
import { believedJobOf, GITHUB_ISSUER } from "../plan/release-identity.js";
import { readable, refusalOf, runTool, writeTool } from "./access.js";

/** How an image is signed: with a key of one's own, or without one, by the identity of a GitHub Actions job. */
export type Signer =
  | { kind: "key"; key: Secret; password?: Secret }
  | { kind: "keyless"; oidcUrl: Secret; oidcToken: Secret };

/** How a signature is verified: with the public key, or by the identity that a job had. */
export type Verifier = { kind: "key"; key: File } | { kind: "keyless"; identity: string; issuer: string };

/**
 * What believes a signer's signatures: the public half of its key, or the identity of the repository's jobs. Undefined where
 * a job signs for a repository that was not named. Throws where the key is none, or its password wrong.
 * @param sourceUrl the web address of the repository, or nothing
 * @param tag the tag that is released; undefined where none is
 */
export async function verifierOf(
  cosign: Container,
  signer: Signer,
  sourceUrl: string,
  tag: string | undefined,
): Promise<Verifier | undefined> {
  if (signer.kind === "keyless") return sourceUrl === "" ? undefined : jobVerifier(sourceUrl, tag);
  const at = { step: "read the key to sign with", where: "--key" };
  const text = await runTool(signing(cosign, signer), ["public-key", "--key=env://COSIGN_PRIVATE_KEY"], at);
  return { kind: "key", key: dag.directory().withNewFile("cosign.pub", text).file("cosign.pub") };
}

/** What believes the jobs of a repository; of a release its own job alone. */
export function jobVerifier(sourceUrl: string, tag: string | undefined): Verifier {
  return { kind: "keyless", identity: believedJobOf(sourceUrl, tag), issuer: GITHUB_ISSUER };
}

/** Signs an image by its digest. With a key nothing leaves for a public log; without one, Sigstore's log is the proof. */
export async function sign(cosign: Container, signer: Signer, image: string): Promise<void> {
  const args = ["sign", "--yes", ...(signer.kind === "key" ? KEY_ONLY : []), image];
  await writeTool(signing(cosign, signer), args, { step: "sign", where: image });
}

/** Signs a file; the result is one bundle that `cosign verify-blob --bundle` takes. */
export async function signFile(cosign: Container, signer: Signer, file: File): Promise<File> {
  const tool = signing(cosign, signer).withMountedFile("/hegemonikon-file", file);
  const how = signer.kind === "key" ? KEY_ONLY : [];
  const args = ["sign-blob", "--yes", "--bundle=/tmp/bundle.json", ...how, "/hegemonikon-file"];
  const done = await writeTool(tool, args, { step: "sign the checksums", where: await file.name() });
  return done.file("/tmp/bundle.json");
}

/** Whether an image has a signature that the key or identity made; throws where cosign itself fails. */
export async function isSigned(cosign: Container, verifier: Verifier, image: string): Promise<boolean> {
  return (await disbelief(cosign, verifier, image)) === undefined;
}

/**
 * Why no signature of an image is believed, in cosign's words; undefined where one is. A signature that is wrong, one that cannot
 * be read and one that is not there are told apart by these words alone.
 */
export async function disbelief(cosign: Container, verifier: Verifier, image: string): Promise<string | undefined> {
  const { tool, args } = verifying(cosign, verifier, image);
  return refusalOf(tool, args, { step: "verify the signature", where: image }, isNotSigned);
}

function verifying(cosign: Container, verifier: Verifier, image: string): { tool: Container; args: string[] } {
  if (verifier.kind === "keyless") {
    const { identity, issuer } = verifier;
    const who = [`--certificate-identity-regexp=${identity}`, `--certificate-oidc-issuer=${issuer}`];
    return { tool: cosign, args: ["verify", ...who, image] };
  }
  const tool = cosign
    .withMountedFile("/hegemonikon-key.pub", readable(verifier.key))
    .withNewFile("/tmp/trusted-root.json", NO_ROOT);
  const offline = ["--private-infrastructure=true", "--trusted-root=/tmp/trusted-root.json"];
  return { tool, args: ["verify", "--key=/hegemonikon-key.pub", ...offline, image] };
}

/** Nothing is sent to Sigstore's public services: a home's images are nobody's business, and a lab may have no internet. */
const KEY_ONLY = ["--tlog-upload=false", "--use-signing-config=false", "--key=env://COSIGN_PRIVATE_KEY"];

/** A trusted root without anybody in it: with a key, the key alone is trusted, and cosign fetches nothing. */
export const NO_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';

/** cosign with what it signs by. */
function signing(cosign: Container, signer: Signer): Container {
  if (signer.kind === "keyless") {
    // cosign asks GitHub for the job's identity itself where these two are set.
    return cosign
      .withSecretVariable("ACTIONS_ID_TOKEN_REQUEST_URL", signer.oidcUrl)
      .withSecretVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", signer.oidcToken);
  }
  const tool = cosign.withSecretVariable("COSIGN_PRIVATE_KEY", signer.key);
  const { password } = signer;
  // Without the variable cosign would ask on a terminal.
  return password ? tool.withSecretVariable("COSIGN_PASSWORD", password) : tool.withEnvVariable("COSIGN_PASSWORD", "");
}
