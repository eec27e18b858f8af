import type { ReleasedMedium } from "./release-plan.js";
import { sizeText } from "./release-size.js";
import type { Published } from "./release-state.js";

/** What the notes of one node are made of. */
export type NoteParts = {
  node: string;
  role: string;
  version: string;
  medium: ReleasedMedium;
  /** Absent where nothing was published. */
  published: Published;
  /** The comparison with the release before, as Markdown; absent for a node's first. */
  changes: string | undefined;
  /** What the proof of the boot says; absent where the node was not booted here. */
  proof: string | undefined;
};

/** The release notes of one node. */
export function releaseNotes({ node, role, version, medium, published, changes, proof }: NoteParts): string {
  const repository = published.repository;
  const lines = [
    `## ${node}`,
    "",
    `${role}.`,
    "",
    `- Upgrade a machine: \`kairos-agent upgrade --source oci:${repository}:${version}\``,
    `- Image: \`${repository}@${published.digest}\``,
    `- Content: \`${published.contentDigest}\` (\`dagger call verify --node=${node} --reference=${repository}:${version}\` proves it)`,
    `- First install: \`${medium.name}\`, ${sizeText(medium.bytes)}`,
    ...(medium.join ? [`  in ${medium.parts} parts; join and check them: \`${medium.join}\``] : []),
    ...(proof ? [`- Booted: ${proof}`] : []),
    "",
    changes ?? `### ${node}: ${version}\n\nThe first release of this node.\n`,
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
