import type { Directory, File, GitRepository, Secret } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { TableFormat } from "../node/table-format.js";
import { believedProblems } from "../plan/release-belief.js";
import { nodeProblems, readRegistry, refuse, sourceUrlProblems, writerProblems } from "../plan/release-input.js";
import { releaseProblems } from "../plan/release-plan.js";
import { allPublishedJson, incomplete, type Published, publishedText, type Staged } from "../plan/release-state.js";
import { IMAGE_FILE, promoteProblems, type ReleasedImage, readReleasedImage } from "../plan/released-image.js";
import { tagParts } from "../plan/tags.js";
import { parseVersion, readVersion } from "../plan/version.js";
import { manifestAt, nameVersion, pointChannels } from "./image.js";
import type { Project } from "./project.js";
import { publishTools } from "./publish-node.js";
import { taggedState } from "./repository-state.js";
import { filled, unreadable } from "./secrets.js";
import { jobVerifier } from "./signing.js";
import { lacks, type PublishTools } from "./whole.js";

/** Where images are, who gives them names, and by what their signatures are believed. */
export type Promoter = {
  registry: string;
  username: string;
  password: Secret;
  ca?: File | undefined;
  /** The public key where one signed. */
  key?: File | undefined;
  /** The web address of the repository whose job signed where no key did. */
  sourceUrl: string;
};

/** What gets its names. */
export type PromoteRequest = {
  tag: string;
  repository: GitRepository;
  /** Names of nodes; undefined for all. */
  nodes: readonly string[] | undefined;
  /** The folders that release gave. */
  release: Directory;
};

/**
 * Gives the images of a release their names: first every version, then every channel, and nothing before all of them are
 * found complete. Says in a form what that did; throws one error for everything that forbids it.
 */
export async function promoteNodes(
  work: Project,
  by: Promoter,
  request: PromoteRequest,
  format: TableFormat,
): Promise<string> {
  const { registry, username, password, ca } = by;
  const asked = request.nodes ?? work.nodes;
  const state = await taggedState(request.repository, request.tag, []);
  const given = { registry, username, password: await filled(password) };
  const key = await by.key?.contents();
  refuse("promote", [
    ...releaseProblems(state),
    ...(await unreadable({ password })),
    ...nodeProblems("nodes", asked, work),
    ...writerProblems(given),
    ...(Boolean(by.key) === (by.sourceUrl !== "")
      ? ["key: expected either --key=cosign.pub, or --source-url of the repository whose job signed"]
      : []),
    ...sourceUrlProblems(by.sourceUrl, true),
    ...believedProblems({ key, identity: "" }),
  ]);
  const [read, version] = [readRegistry(registry), readVersion(request.tag)?.text ?? ""];
  const { sources } = work;
  if (typeof read === "string" || !sources) throw new HegemonikonError("promote: sources.yaml cannot be read");
  const found = await releasedImages(request.release);
  refuse("promote", promoteProblems(found, { asked, version, prefix: read.prefix }));

  const access = { host: read.host, login: { username, password }, ...(ca ? { ca } : {}) };
  const verifier = by.key ? ({ kind: "key", key: by.key } as const) : jobVerifier(by.sourceUrl, request.tag);
  const tools = await publishTools({ sources, access, verifier });
  const staged = found.map(({ node, repository, digest, contentDigest }): Staged => {
    const parts = tagParts(work.recipe(node, version, "").node, sources.sources, parseVersion(version));
    return { node, repository, parts, contentDigest, digest, pushed: false };
  });
  const published = await promoteImages(staged, tools);
  return format === TableFormat.Json ? allPublishedJson(published) : published.map(publishedText).join("");
}

/** Gives staged images their names, once all of them are found complete, and signed by whom they must be. */
export async function promoteImages(staged: readonly Staged[], tools: PublishTools): Promise<Published[]> {
  const { oras } = tools;
  const wrong = await Promise.all(
    staged.map(async ({ repository, digest, contentDigest }): Promise<string[]> => {
      const image = `${repository}@${digest}`;
      const manifest = await manifestAt(oras, image);
      if (!manifest) return [`release: found no image ${image} in the registry, expected it: release pushes it`];
      if (manifest.contentDigest !== contentDigest)
        return [`release: found ${image} with the content ${manifest.contentDigest}, expected ${contentDigest}`];
      return (await lacks(tools, image)) ? [incomplete(image)] : [];
    }),
  );
  refuse("promote", wrong.flat());

  const named: Staged[] = [];
  for (const one of staged) {
    const { digest, claimed } = await nameVersion(one, tools);
    named.push({ ...one, digest, pushed: claimed });
  }
  const published: Published[] = [];
  for (const one of named) published.push(await pointChannels(one, oras));
  return published;
}

async function releasedImages(release: Directory): Promise<ReleasedImage[]> {
  const paths = (await release.glob(`**/*.${IMAGE_FILE}`)).sort();
  return Promise.all(paths.map(async (path) => readReleasedImage(path, await release.file(path).contents())));
}
