import type { GitRepository } from "@dagger.io/dagger";

/** What is checked out. */
export type RepositoryState = { commit: string; clean: boolean };

/** The commit that is checked out, and whether nothing else is in the working tree. */
export async function repositoryState(repository: GitRepository): Promise<RepositoryState> {
  const [commit, clean] = await Promise.all([repository.head().commit(), repository.uncommitted().isEmpty()]);
  return { commit, clean };
}
