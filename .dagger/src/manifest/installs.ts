import type { Problem } from "../errors.js";
import type { Node } from "../node/node.js";
import { MIB, readableSize } from "../node/size.js";
import { valueAt } from "../node/value-at.js";
import { imageFileBytes, installerFileBytes } from "./image-file.js";

/** A warning where an ISO's installer would make a file into which its image does not go. Those of a RAW are made by the build. */
export function installationProblems(
  { name, medium, install }: Pick<Node, "name" | "medium" | "install">,
  listing: string,
): Problem[] {
  if (medium !== "iso") return [];
  const needed = imageFileBytes(listing);
  const told = valueAt(install, ["system", "size"]);
  const made = typeof told === "number" ? told * MIB : installerFileBytes(listing);
  if (needed <= made) return [];
  return [
    {
      file: `nodes/${name}/node.yaml`,
      rule: "budget/installation",
      severity: "warning",
      message: "The image does not fit into the file that its installer makes",
      found: `${readableSize(needed)} for a file of ${readableSize(made)}`,
      expected: `install.system.size: ${Math.ceil(needed / MIB)} or more, in MiB`,
      reason:
        "kairos-agent makes it 100 MiB larger than the files, whatever blocks and inodes they need: the installation would end " +
        "for want of space",
    },
  ];
}
