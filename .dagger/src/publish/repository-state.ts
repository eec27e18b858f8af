import type { GitRepository } from "@dagger.io/dagger";
import { firstLine, HegemonikonError } from "../errors.js";

/** The commit that is checked out, and whether nothing else is in the working tree. */
async function repositoryState(repository: GitRepository): Promise<{ commit: string; clean: boolean }> {
  const [commit, clean] = await Promise.all([repository.head().commit(), repository.uncommitted().isEmpty()]);
  return { commit, clean };
}

/** The files that differ from the commit. */
async function changedPaths(repository: GitRepository): Promise<string[]> {
  const changes = repository.uncommitted();
  const paths = await Promise.all([changes.modifiedPaths(), changes.addedPaths(), changes.removedPaths()]);
  return paths
    .flat()
    .filter((path) => !path.endsWith("/"))
    .sort();
}

/**
 * The revision as a manifest names it: the commit, marked where something is not committed.
 * @param files what is built, by their paths: one that git ignores is in no commit, and no change either
 */
export async function revisionOf(repository: GitRepository, files: readonly string[]): Promise<string> {
  const [{ commit, clean }, missing] = await answered(
    Promise.all([repositoryState(repository), notInHead(repository, files)]),
  );
  return clean && missing.length === 0 ? commit : `${commit}-dirty`;
}

/** Those of some files in nodes/ that the commit does not have: git ignores them, where the working tree is clean. */
async function notInHead(repository: GitRepository, files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const held = new Set(await repository.head().tree({ discardGitDir: true }).glob("nodes/**"));
  return files.filter((path) => !held.has(path));
}

/** What git says. Throws an error that names what is needed where there is no repository, or no commit in it. */
async function answered<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    const said = firstLine(error).replace(/ \[traceparent:[^\]]*\]/, "");
    throw new HegemonikonError(
      `repository: its commit could not be read (${said}), expected a git clone with a commit: what is built is named by its HEAD`,
      { cause: error },
    );
  }
}

/**
 * What a release is checked against: the tag, where it stands, and whether nothing else is in the working tree.
 * @param files what is built, by their paths
 */
export async function taggedState(repository: GitRepository, tag: string, files: readonly string[]) {
  const [{ commit, clean }, tags, uncommitted] = await answered(
    Promise.all([repositoryState(repository), repository.tags(), notInHead(repository, files)]),
  );
  const tagged = tags.includes(tag) ? await repository.tag(tag).commit() : "";
  const changed = clean ? [] : await changedPaths(repository);
  return { tag, tags, tagged, head: commit, clean, changed, uncommitted };
}
