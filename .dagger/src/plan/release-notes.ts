import { releaseJobOf } from "./release-identity.js";
import type { ReleasedMedium } from "./release-plan.js";
import { sizeText } from "./release-size.js";
import type { Published } from "./release-state.js";
import { tagText } from "./tags.js";

/** What changed since the release before: the comparison as Markdown, or why there is none. */
export type NoteChanges =
  | { kind: "compared"; text: string }
  /** No earlier tag. */
  | { kind: "first" }
  /** There are earlier tags, and the registry has an image of none. */
  | { kind: "none published" }
  /** The registry has that release's image, and what it held cannot be read any more. */
  | { kind: "unreadable"; before: string; why: string };

/** What the notes of one node are made of. */
export type NoteParts = {
  node: string;
  role: string;
  version: string;
  medium: ReleasedMedium;
  published: Pick<Published, "repository" | "digest" | "contentDigest">;
  /** The flag by which verify believes the signature. */
  believed: string;
  changes: NoteChanges;
  /** What the proof of the boot says; absent where the node was not booted here. */
  proof: string | undefined;
};

/** The flag by which verify believes what a release is signed with: its job's identity, and no other job's. */
export function believedBy(signer: "key" | "keyless", sourceUrl: string, tag: string): string {
  if (signer === "key") return "--key=cosign.pub";
  return `--identity='${releaseJobOf(sourceUrl || "https://github.com/OWNER/REPOSITORY", tag)}'`;
}

/** How the file is called behind the node's name and version. */
export const NOTES_FILE = "notes.md";

/** The release notes of one node. */
export function releaseNotes(parts: NoteParts): string {
  const { node, role, version, medium, published, believed, changes, proof } = parts;
  const [repository, tag] = [published.repository, tagText(version)];
  const lines = [
    `## ${node}`,
    "",
    `${role}.`,
    "",
    `- Upgrade a machine: \`sudo kairos-agent upgrade --source oci:${repository}:${tag}\``,
    `- Image: \`${repository}@${published.digest}\``,
    `- Content: \`${published.contentDigest}\` (\`dagger call verify --node=${node} --reference=${repository}:${tag} ${believed}\` proves it)`,
    `- First install: \`${medium.name}\`, ${sizeText(medium.bytes)}`,
    ...(medium.join ? [`  in ${medium.parts} parts; join and check them: \`${medium.join}\``] : []),
    ...(proof ? [`- Booted: ${proof}`] : []),
    "",
    changesText(node, version, repository, changes),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The last part of the notes. Its heading is where they are cut where GitHub would not take all. */
function changesText(node: string, version: string, repository: string, changes: NoteChanges): string {
  const head = `### ${node}: ${version}\n\n`;
  switch (changes.kind) {
    case "compared":
      return changes.text;
    case "first":
      return `${head}The first release of this node.\n`;
    case "none published":
      return `${head}No earlier release is published in \`${repository}\`: there is nothing to compare this one with.\n`;
    case "unreadable":
      return `${head}What changed since ${changes.before} cannot be said: ${changes.why}.\n`;
  }
}
