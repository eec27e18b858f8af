import { checkCloudConfig } from "../cloudconfig/check.js";
import type { Problem } from "../errors.js";
import type { ParsedYaml } from "../yaml/parse.js";

/**
 * Mistakes in node.yaml's install: block, which is Kairos's own. The block is handed to the cloud-config check as a
 * cloud-config that holds nothing else, every line where it was, so that positions stay true.
 */
export function installBlockProblems(yaml: ParsedYaml): Problem[] {
  const value = yaml.value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "install")) return [];
  const key = yaml.keySpan(["install"]);
  const block = yaml.span(["install"]);
  // A flow mapping at the root, `{install: …}`, does not lie on lines of its own: left to the build.
  if (!key || !block || key.column !== 1) return [];
  const lines = yaml.text.split("\n");
  // A block mapping's range ends where the next key begins, at column 1 of its line.
  const last = block.endColumn === 1 ? block.endLine - 1 : block.endLine;
  const alone = lines.map((line, i) => (i + 1 >= key.line && i + 1 <= last ? line : ""));
  if (key.line > 1) alone[0] = "#cloud-config";
  return checkCloudConfig(yaml.file, alone.join("\n")).filter(
    ({ span }) => span !== undefined && span.line >= key.line && span.line <= last,
  );
}
