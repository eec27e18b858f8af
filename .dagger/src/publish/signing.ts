import type { Container, File, Secret } from "@dagger.io/dagger";
import { readable, runTool, writeTool } from "./access.js";

/** How an image is signed: with a key of one's own, or without one, by the identity of a GitHub Actions job. */
export type Signer =
  | { kind: "key"; key: Secret; password?: Secret }
  | { kind: "keyless"; oidcUrl: Secret; oidcToken: Secret };

/** How a signature is verified: with the public key, or by the identity that a job had. */
export type Verifier = { kind: "key"; key: File } | { kind: "keyless"; identity: string; issuer: string };

/** Signs an image by its digest. With a key nothing leaves for a public log; without one, Sigstore's log is the proof. */
export async function sign(cosign: Container, signer: Signer, image: string): Promise<void> {
  const at = { step: "sign", where: image };
  if (signer.kind === "keyless") {
    // cosign asks GitHub for the job's identity itself where these two are set.
    const tool = cosign
      .withSecretVariable("ACTIONS_ID_TOKEN_REQUEST_URL", signer.oidcUrl)
      .withSecretVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", signer.oidcToken);
    await writeTool(tool, ["sign", "--yes", image], at);
    return;
  }
  await writeTool(withKey(cosign, signer), ["sign", ...KEY_ONLY, "--key=env://COSIGN_PRIVATE_KEY", image], at);
}

/** Signs a file; the result is one bundle that `cosign verify-blob --bundle` takes. */
export async function signFile(cosign: Container, signer: Signer, file: File): Promise<File> {
  const tool =
    signer.kind === "key"
      ? withKey(cosign, signer)
      : cosign
          .withSecretVariable("ACTIONS_ID_TOKEN_REQUEST_URL", signer.oidcUrl)
          .withSecretVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", signer.oidcToken);
  const how = signer.kind === "key" ? [...KEY_ONLY.slice(1), "--key=env://COSIGN_PRIVATE_KEY"] : [];
  const args = ["sign-blob", "--yes", "--bundle=/tmp/bundle.json", ...how, "/hegemonikon-file"];
  const done = await writeTool(tool.withMountedFile("/hegemonikon-file", file), args, {
    step: "sign the checksums",
    where: await file.name(),
  });
  return done.file("/tmp/bundle.json");
}

/** Verifies an image's signature by its digest. Throws where there is none that the key or identity made. */
export async function verifySignature(cosign: Container, verifier: Verifier, image: string): Promise<string> {
  const at = { step: "verify the signature", where: image };
  if (verifier.kind === "keyless") {
    const { identity, issuer } = verifier;
    const who = [`--certificate-identity-regexp=${identity}`, `--certificate-oidc-issuer=${issuer}`];
    return runTool(cosign, ["verify", ...who, image], at);
  }
  const tool = cosign
    .withMountedFile("/hegemonikon-key.pub", readable(verifier.key))
    .withNewFile("/tmp/trusted-root.json", NO_ROOT);
  const offline = ["--private-infrastructure=true", "--trusted-root=/tmp/trusted-root.json"];
  return runTool(tool, ["verify", "--key=/hegemonikon-key.pub", ...offline, image], at);
}

/** Nothing is sent to Sigstore's public services: a home's images are nobody's business, and a lab may have no internet. */
const KEY_ONLY = ["--yes", "--tlog-upload=false", "--use-signing-config=false"];

/** A trusted root without anybody in it: with a key, the key alone is trusted, and cosign fetches nothing. */
export const NO_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';

function withKey(cosign: Container, { key, password }: Extract<Signer, { kind: "key" }>): Container {
  const tool = cosign.withSecretVariable("COSIGN_PRIVATE_KEY", key);
  // Without the variable cosign would ask on a terminal.
  return password ? tool.withSecretVariable("COSIGN_PASSWORD", password) : tool.withEnvVariable("COSIGN_PASSWORD", "");
}
