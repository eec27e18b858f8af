import type { GitRepository } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";

/** What is checked out. */
export type RepositoryState = { commit: string; clean: boolean };

/** The commit that is checked out, and whether nothing else is in the working tree. */
async function repositoryState(repository: GitRepository): Promise<RepositoryState> {
  const [commit, clean] = await Promise.all([repository.head().commit(), repository.uncommitted().isEmpty()]);
  return { commit, clean };
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
    const said = (error as Error).message.split("\n")[0]?.replace(/ \[traceparent:[^\]]*\]/, "");
    throw new HegemonikonError(
      `repository: found no commit that is checked out (${said}), expected a git clone: what is built is named by its HEAD`,
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
  return { tag, tags, tagged, head: commit, clean, uncommitted };
}
