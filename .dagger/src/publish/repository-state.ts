import type { GitRepository } from "@dagger.io/dagger";

/** What is checked out. */
export type RepositoryState = { commit: string; clean: boolean };

/** The commit that is checked out, and whether nothing else is in the working tree. */
async function repositoryState(repository: GitRepository): Promise<RepositoryState> {
  const [commit, clean] = await Promise.all([repository.head().commit(), repository.uncommitted().isEmpty()]);
  return { commit, clean };
}

/** The revision as a manifest names it: the commit, marked where something is not committed. */
export async function revisionOf(repository: GitRepository): Promise<string> {
  const { commit, clean } = await repositoryState(repository);
  return clean ? commit : `${commit}-dirty`;
}

/** What a release is checked against: the tag, where it stands, and whether nothing else is in the working tree. */
export async function taggedState(repository: GitRepository, tag: string) {
  const [{ commit, clean }, tags] = await Promise.all([repositoryState(repository), repository.tags()]);
  const tagged = tags.includes(tag) ? await repository.tag(tag).commit() : "";
  return { tag, tags, tagged, head: commit, clean };
}
