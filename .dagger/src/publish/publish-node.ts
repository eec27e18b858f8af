import type { Directory, File, GitRepository, Secret } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { TableFormat } from "../node/table-format.js";
import type { Recipe } from "../plan/recipe.js";
import { imageReference } from "../plan/references.js";
import { failureText } from "../plan/release-failure.js";
import { identityKeys } from "../plan/release-identity.js";
import {
  NOTHING_TO_SIGN_WITH,
  nodeProblems,
  publishProblems,
  type Registry,
  readRegistry,
  refuse,
} from "../plan/release-input.js";
import { readBuildManifest } from "../plan/release-manifest.js";
import { type Published, publishedJson, publishedText } from "../plan/release-state.js";
import { tagParts } from "../plan/tags.js";
import { parseVersion } from "../plan/version.js";
import type { Sources } from "../sources/sources.js";
import { type Access, registryTool } from "./access.js";
import { builtNode } from "./built-node.js";
import { publishedTags, publishImage } from "./image.js";
import { annotatedLayout } from "./layout.js";
import { type Project, pinLines } from "./project.js";
import { refusedPush } from "./push-right.js";
import { revisionOf } from "./repository-state.js";
import { filled, unreadable } from "./secrets.js";
import { type Signer, type Verifier, verifierOf } from "./signing.js";
import type { PublishTools, Upload } from "./whole.js";

/** Where something is published, by whom, and how it is signed: as a caller gives it. */
export type Publisher = {
  registry: string;
  username: string;
  password: Secret;
  key?: Secret | undefined;
  keyPassword?: Secret | undefined;
  oidcUrl?: Secret | undefined;
  oidcToken?: Secret | undefined;
  /** The certificate authority of a registry with its own. */
  ca?: File | undefined;
  /** The web address of the repository; empty where there is none. */
  sourceUrl: string;
};

/** A publisher that was found right. */
export type Checked = {
  registry: Registry;
  access: Access;
  signer: Signer;
  /** What believes the signer's signatures, where that is known. */
  verifier: Verifier | undefined;
  sources: Sources;
};

/** What the caller does. A release believes the job of its own tag alone, as promote and verify will. */
export type Action = { action: "publish" } | { action: "release"; tag: string };

/** Finds everything that is wrong with what a caller gave, before anything is built. Throws one error for all of it. */
export async function checkedPublisher(
  does: Action,
  work: Project,
  by: Publisher,
  nodes: readonly string[],
  version: string,
  also: readonly string[],
): Promise<Checked> {
  const { action } = does;
  const tag = does.action === "release" ? does.tag : undefined;
  const [password, key, oidcUrl, oidcToken] = await Promise.all([
    filled(by.password),
    filled(by.key),
    filled(by.oidcUrl),
    filled(by.oidcToken),
  ]);
  const { registry, username, sourceUrl } = by;
  const given = { registry, username, password, version, key, oidcUrl, oidcToken, sourceUrl };
  const unread = await unreadable({
    password: by.password,
    key: by.key,
    "key-password": by.keyPassword,
    "oidc-url": by.oidcUrl,
    "oidc-token": by.oidcToken,
  });
  refuse(action, [...also, ...unread, ...publishProblems(given)]);
  const used = nodes.flatMap((node) => work.recipe(node, version, "").used.map(({ name }) => name));
  refuse(action, await pinLines(work.files, [...used, "oras", "cosign"]));
  const read = readRegistry(registry);
  if (typeof read === "string" || !work.sources) throw new HegemonikonError(`${action}: sources.yaml cannot be read`);
  const access: Access = {
    host: read.host,
    login: { username, password: by.password },
    ...(by.ca ? { ca: by.ca } : {}),
  };
  const [signer, sources] = [signerOf(by), work.sources];
  await asked({ registry: read, access, sources }, nodes);
  // A key that is none, or whose password is wrong, is found here.
  const { cosign } = await publishTools({ access, sources });
  return { registry: read, access, signer, verifier: await verifierOf(cosign, signer, by.sourceUrl, tag), sources };
}

/** A registry that is down, or refuses the login or to be written to, says so before the hours of a build and a boot. */
async function asked(
  { registry, access, sources }: Pick<Checked, "registry" | "access" | "sources">,
  nodes: readonly string[],
): Promise<void> {
  const { oras } = await publishTools({ sources, access });
  const { username = "", password } = access.login ?? {};
  const asker = { username, password: (await password?.plaintext()) ?? "", ca: await access.ca?.contents() };
  const refused = await Promise.all(
    nodes.map(async (node): Promise<string[]> => {
      const repository = `${registry.prefix}/${node}`;
      await publishedTags(oras, repository);
      const words = await refusedPush(repository, asker);
      return words === undefined ? [] : [failureText("ask for the right to push", repository, words)];
    }),
  );
  if (refused.flat().length > 0) throw new HegemonikonError(refused.flat().join("\n"));
}

function signerOf({ key, keyPassword, oidcUrl, oidcToken }: Publisher): Signer {
  if (key) return { kind: "key", key, ...(keyPassword ? { password: keyPassword } : {}) };
  if (oidcUrl && oidcToken) return { kind: "keyless", oidcUrl, oidcToken };
  throw new HegemonikonError(NOTHING_TO_SIGN_WITH);
}

/** oras and cosign, their images pinned, logged in to the registry. */
export async function publishTools({
  sources,
  access,
  verifier,
}: Pick<Checked, "sources" | "access"> & { verifier?: Verifier | undefined }): Promise<PublishTools> {
  const tool = (name: string) => registryTool(imageReference(sources, name).address, access);
  const [oras, cosign] = await Promise.all([tool("oras"), tool("cosign")]);
  return { oras, cosign, verifier };
}

/** Builds a node and publishes what was built; says in a form what that did. */
export async function publishNode(
  work: Project,
  by: Publisher,
  request: { node: string; version: string; repository: GitRepository },
  format: TableFormat,
): Promise<string> {
  const problems = nodeProblems("node", [request.node], work);
  const revision = await revisionOf(request.repository, work.builtFrom([request.node]));
  const checked = await checkedPublisher({ action: "publish" }, work, by, [request.node], request.version, problems);
  const recipe = work.recipe(request.node, request.version, revision);
  const published = await publishBuild(await builtNode(work, recipe), recipe, checked, by.sourceUrl);
  return format === TableFormat.Json ? publishedJson(published) : publishedText(published);
}

/** Publishes what a build gave. */
async function publishBuild(built: Directory, recipe: Recipe, checked: Checked, sourceUrl: string): Promise<Published> {
  return publishImage(await uploadOf(built, recipe, checked, sourceUrl), await publishTools(checked), checked.signer);
}

/** What a build gave, as it goes up. */
export async function uploadOf(built: Directory, recipe: Recipe, checked: Checked, sourceUrl: string): Promise<Upload> {
  const { node, artefacts } = recipe;
  const manifest = readBuildManifest(artefacts.manifest, await built.file(artefacts.manifest).contents());
  if (manifest.standins.length > 0) {
    throw new HegemonikonError(
      `publish: ${node.name} was built with stand-ins for tests (${manifest.standins.join(", ")}), expected the real things`,
    );
  }
  const base = checked.sources.sources[node.base];
  const identity = {
    node: node.name,
    role: node.role,
    version: manifest.version,
    revision: manifest.revision,
    source: sourceUrl,
    contentDigest: manifest.contentDigest,
    base: {
      name: base?.kind === "image" ? `${base.reference}:${base.version}` : "",
      digest: base?.kind === "image" ? (base.digest ?? "") : "",
    },
  };
  const unpacker = imageReference(checked.sources, "auroraboot").address;
  const layout = await annotatedLayout(built.file(artefacts.image), unpacker, identityKeys(identity));
  return {
    node: node.name,
    repository: `${checked.registry.prefix}/${node.name}`,
    parts: tagParts(node, checked.sources.sources, parseVersion(recipe.version)),
    contentDigest: manifest.contentDigest,
    layout: layout.directory,
    digest: layout.digest,
    attachments: {
      sbom: built.file(artefacts.sbom),
      manifest: built.file(artefacts.manifest),
      content: built.file(artefacts.content),
    },
  };
}
