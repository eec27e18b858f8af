import { createHash } from "node:crypto";
import type { Container, File, GitRepository } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { differences } from "../manifest/content.js";
import { TableFormat } from "../node/table-format.js";
import { packageNames, packagesOfSbom } from "../plan/diff-read.js";
import { believedProblems } from "../plan/release-belief.js";
import { failureText } from "../plan/release-failure.js";
import { nodeProblems, readerProblems, readReference, refuse } from "../plan/release-input.js";
import { readBuildManifest } from "../plan/release-manifest.js";
import { isVerified, verification, verificationJson, verificationText } from "../plan/release-verify.js";
import { DEV_VERSION } from "../plan/version.js";
import { attachedTexts } from "./attached.js";
import { builtContents } from "./built-node.js";
import { type Reader, readAccess } from "./compare.js";
import { contentOf, pulledRootfs } from "./content.js";
import { manifestAt } from "./image.js";
import type { Project } from "./project.js";
import { publishTools } from "./publish-node.js";
import { revisionOf } from "./repository-state.js";
import { disbelief, type Verifier } from "./signing.js";

/** What is verified, and by what a signature is believed. */
export type VerifyRequest = {
  node: string;
  reference: string;
  key?: File | undefined;
  identity: string;
  issuer: string;
  reader: Reader;
  /** Where the files here come from. */
  repository: GitRepository;
};

/** As many differing paths are shown. */
const SHOWN = 20;

/**
 * Pulls what was published and holds it against its signature, what is attached to it, and a build of the same version
 * from the files here. Says in a form what was found; throws an error with every proof where one does not hold.
 */
export async function verifyNode(work: Project, request: VerifyRequest, format: TableFormat): Promise<string> {
  const { node, key, identity, issuer } = request;
  const reference = readReference(request.reference);
  refuse("verify", [
    ...nodeProblems("node", [node], work),
    ...(typeof reference === "string" ? [`reference: ${reference}`] : []),
    ...(Boolean(key) === (identity !== "")
      ? ["key: expected either --key=cosign.pub, or --identity=REGEXP of the job that signed"]
      : []),
    ...believedProblems({ key: await key?.contents(), identity }),
    ...readerProblems(request.reader.username, Boolean(request.reader.password)),
  ]);
  if (typeof reference === "string" || !work.sources) throw new HegemonikonError("verify: sources.yaml cannot be read");
  const here = await revisionOf(request.repository, work.builtFrom([node]));
  const access = readAccess(reference.host, request.reader);
  const { oras, cosign } = await publishTools({ sources: work.sources, access });

  const found = await manifestAt(oras, request.reference);
  if (!found)
    throw new HegemonikonError(`reference: found no image ${request.reference}, expected one that is published`);
  const image = `${reference.repository}@${found.digest}`;
  const verifier: Verifier = key ? { kind: "key", key } : { kind: "keyless", identity, issuer };
  const signature = await signatureOf(cosign, verifier, image);
  const attached = await attachedTexts(oras, image);
  const manifest =
    attached.manifest === undefined ? undefined : readBuildManifest(`${image}: manifest.json`, attached.manifest);
  const recipe = work.recipe(node, manifest?.version ?? DEV_VERSION, manifest?.revision ?? "");
  const local = await builtContents(work, recipe, "this build");
  const packer = recipe.auroraboot;
  const pulled = await contentOf(packer, await pulledRootfs(oras, packer.address, image, recipe.head.platform));
  const apart = pulled.text === local.listing ? [] : differences(pulled.text, local.listing);
  const result = verification({
    node,
    reference: request.reference,
    digest: found.digest,
    signature,
    annotation: found.contentDigest,
    manifest: manifest?.contentDigest,
    listing: attached.content === undefined ? undefined : sha256(attached.content),
    pulled: pulled.digest,
    local: local.contentDigest,
    manifestNode: manifest?.node,
    sbomPackages:
      attached.sbom === undefined ? undefined : packageNames(packagesOfSbom(`${image}: SBOM`, attached.sbom)),
    localPackages: packageNames(local.packages),
    revisions: { published: found.revision, here },
    differing: apart.slice(0, SHOWN).map(({ path, change, what }) => `${change} ${path}: ${what}`),
  });
  if (!isVerified(result)) throw new HegemonikonError(`verify: not everything holds\n${verificationText(result)}`);
  return format === TableFormat.Json ? verificationJson(result) : verificationText(result);
}

/** What cosign says of a signature. Throws where it fails instead of answering: the answer is not worth a build then. */
export async function signatureOf(
  cosign: Container,
  verifier: Verifier,
  image: string,
): Promise<{ ok: boolean; detail: string }> {
  const words = await disbelief(cosign, verifier, image);
  if (words !== undefined) {
    return { ok: false, detail: failureText("verify the signature", image, words).replaceAll("\n", "; ") };
  }
  return { ok: true, detail: verifier.kind === "key" ? "made with the key" : `made by ${verifier.identity}` };
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
