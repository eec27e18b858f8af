import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Directory, dag, type GitRepository } from "@dagger.io/dagger";
import { firstLine, HegemonikonError } from "../errors.js";
import { isReadByMeaning, type Revision } from "../plan/affected.js";

/** What changed between a revision and the working tree, with the texts of both that matter. */
export type Changes = { paths: string[]; before: Revision; after: Revision };

/** What GitHub gives as the earlier revision of a branch that is new: everything changed. */
const NO_REVISION = /^0{40}$/;

/**
 * Compares the working tree (HEAD and what is not committed) with an earlier revision.
 * @param since a branch, a tag or a full commit id
 */
export async function changesSince(repository: GitRepository, since: string): Promise<Changes> {
  const earlier = await treeAt(repository, since);
  const now = repository.head().tree({ discardGitDir: true }).withChanges(repository.uncommitted());
  const diff = now.changes(earlier);
  const [added, modified, removed] = await Promise.all([diff.addedPaths(), diff.modifiedPaths(), diff.removedPaths()]);
  // A removed folder is one path: what was in it counts.
  const inRemoved = await Promise.all(
    removed.filter((path) => path.endsWith("/")).map((path) => earlier.glob(`${path}**`)),
  );
  const paths = [...added, ...modified, ...removed, ...inRemoved.flat()];
  const [before, after] = await Promise.all([revision(earlier, paths), revision(now, paths)]);
  return { paths, before, after };
}

/** The files of a revision. Throws an error that says what a revision looks like where there is none of the name. */
export async function treeAt(repository: GitRepository, revision: string): Promise<Directory> {
  if (NO_REVISION.test(revision)) return dag.directory();
  try {
    const ref = repository.ref(revision);
    await ref.commit();
    const tree = ref.tree({ discardGitDir: true });
    await tree.sync();
    return tree;
  } catch (error) {
    throw new HegemonikonError(
      `since: found ${JSON.stringify(revision)}, expected a branch, a tag or a full commit id of this repository ` +
        `(git rev-parse REVISION prints it; a shallow clone has none of the older ones). ${firstLine(error)}`,
    );
  }
}

/** Reads the texts that matter: in three calls however many there are, into the module's own container. */
export async function revision(tree: Directory, changed: readonly string[]): Promise<Revision> {
  const folder = await mkdtemp(join(tmpdir(), "hegemonikon-"));
  try {
    const include = ["nodes/*/node.yaml", "sources.yaml", ...changed.filter(isReadByMeaning)];
    const [inNodes] = await Promise.all([tree.glob("nodes/*/*"), tree.filter({ include }).export(folder)]);
    const folders = new Set(inNodes.flatMap((path) => /^nodes\/([^/]+)\/./.exec(path)?.[1] ?? []));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const texts = paths.map(
      async (path): Promise<[string, string]> => [
        relative(folder, path).replaceAll("\\", "/"),
        await readFile(path, "utf8"),
      ],
    );
    const read = new Map(await Promise.all(texts));
    for (const name of folders) {
      const path = `nodes/${name}/node.yaml`;
      if (!read.has(path)) read.set(path, "");
    }
    return read;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
