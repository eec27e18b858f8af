import type { File, GitRepository, Secret } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { type Difference, diff } from "../plan/diff.js";
import { diffJson, diffMarkdown, diffText } from "../plan/diff-text.js";
import { imageReference } from "../plan/references.js";
import { nodeProblems, readerProblems, readReference, refuse } from "../plan/release-input.js";
import { versionProblems } from "../plan/version.js";
import { type Access, registryTool } from "./access.js";
import { builtContents } from "./built-node.js";
import { treeAt } from "./changes.js";
import { NotesFormat } from "./notes-format.js";
import { type Project, readProject } from "./project.js";
import { publishedContents } from "./published-contents.js";

/** How a registry is read: without a login where everyone may. */
export type Reader = { username: string; password?: Secret | undefined; ca?: File | undefined };

/** How a reference's registry is reached. */
export function readAccess(host: string, { username, password, ca }: Reader): Access {
  return {
    host,
    ...(password ? { login: { username, password } } : {}),
    ...(ca ? { ca } : {}),
  };
}

/** What an upgrade from a published image to a build of the files here would change. */
export async function planNode(
  work: Project,
  request: { node: string; version: string; against: string; reader: Reader },
): Promise<Difference> {
  const { node, version, against } = request;
  const reference = readReference(against);
  refuse("plan", [
    ...nodeProblems("node", [node], work),
    ...(typeof reference === "string" ? [`against: ${reference}`] : []),
    ...versionProblems(version),
    ...readerProblems(request.reader.username, Boolean(request.reader.password)),
  ]);
  const recipe = work.recipe(node, version, "");
  if (typeof reference === "string" || !work.sources) throw new HegemonikonError("plan: sources.yaml cannot be read");
  const access = readAccess(reference.host, request.reader);
  const oras = await registryTool(imageReference(work.sources, "oras").address, access);
  const before = await publishedContents(oras, against);
  if (!before) throw new HegemonikonError(`against: found no image ${against}, expected one that is published`);
  if ("unreadable" in before) throw new HegemonikonError(`against: ${before.unreadable}`);
  return diff(node, before, await builtContents(work, recipe, "this build"));
}

/** What changed on a node between an earlier revision of this repository and the files here. */
export async function diffNode(
  work: Project,
  request: { node: string; version: string; since: string; repository: GitRepository; sinceSources?: File | undefined },
): Promise<Difference> {
  const { node, version, since, repository, sinceSources } = request;
  refuse("diff", [
    ...nodeProblems("node", [node], work),
    ...(since.trim() === ""
      ? [`since: found ${JSON.stringify(since)}, expected a branch, a tag or a full commit id`]
      : []),
    ...versionProblems(version),
  ]);
  const tree = await treeAt(repository, since);
  const earlier = await readProject({
    nodes: tree.directory("nodes"),
    sources: sinceSources ?? tree.file("sources.yaml"),
  });
  // Both are read before one is built.
  refuse(`diff: at ${since}`, nodeProblems("node", [node], earlier));
  const [old, now] = [earlier.recipe(node, version, since), work.recipe(node, version, "")];
  const before = await builtContents(earlier, old, since).catch((error: Error) => {
    throw new HegemonikonError(earlierText(since, error.message, sinceSources !== undefined), { cause: error });
  });
  return diff(node, before, await builtContents(work, now, "the files here"));
}

/** The error of an earlier revision that could not be built. What it is built from may be gone by now. */
function earlierText(since: string, why: string, hasOwnSources: boolean): string {
  const help = hasOwnSources
    ? []
    : ["  Where its sources cannot be reached from here any more, --since-sources=FILE gives others."];
  return [`diff: ${since} could not be built`, why, ...help].join("\n");
}

/** A comparison in the form that was asked for. */
export function formatted(difference: Difference, format: NotesFormat): string {
  if (format === NotesFormat.Json) return diffJson(difference);
  return format === NotesFormat.Markdown ? diffMarkdown(difference) : diffText(difference);
}
