import type { Container } from "@dagger.io/dagger";
import { type Contents, diff } from "../plan/diff.js";
import { diffMarkdown } from "../plan/diff-text.js";
import type { NoteChanges } from "../plan/release-notes.js";
import { tagText } from "../plan/tags.js";
import { publishedTags } from "./image.js";
import { publishedContents } from "./published-contents.js";

/** What is released now, and what came before it. */
export type Releases = {
  node: string;
  /** Registry, path and node, without a tag. */
  repository: string;
  /** The tags that it may be compared with, the newest first. */
  earlier: readonly string[];
  /** What is released now. */
  contents: () => Promise<Contents>;
};

/** What changed since the newest earlier release that the registry has. An image that cannot be read stops no release. */
export async function releaseChanges(oras: Container, releases: Releases): Promise<NoteChanges> {
  const { node, repository, earlier, contents } = releases;
  if (earlier.length === 0) return { kind: "first" };
  const published = await publishedTags(oras, repository);
  const before = earlier.find((version) => published.includes(tagText(version)));
  const old = before && (await publishedContents(oras, `${repository}:${tagText(before)}`));
  if (!before || !old) return { kind: "none published" };
  if ("unreadable" in old) return { kind: "unreadable", before, why: old.unreadable };
  return { kind: "compared", text: diffMarkdown(diff(node, old, await contents())) };
}
