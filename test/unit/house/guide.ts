import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const guide = readFileSync(join(import.meta.dir, "../../../docs/nodes.md"), "utf8");

/** Writes the files of the node that docs/nodes.md has as its example into a repository, in place of any that it has there. */
export function layGuidesNode(repository: string): void {
  const files = [...guide.matchAll(/^`(nodes\/[^`]+)`:\n\n```\w*\n([\s\S]*?)^```$/gm)];
  rmSync(join(repository, "nodes/angelos"), { recursive: true, force: true });
  for (const [, path = "", text = ""] of files) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
}

/** The row that the guide has its reader write into the table of README.md. */
export const guidesRow = /^`README.md`[^\n]*:\n\n```markdown\n(\|[^\n]*)\n```$/m.exec(guide)?.[1] ?? "";
