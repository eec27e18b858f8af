import { toldPartition, UPGRADE_PARTITIONS } from "../../plan/upgrade-partitions.js";
import { sizeInMiB } from "../size.js";
import type { Finding, Rule } from "./rule.js";

export const upgradesFit: Rule = {
  id: "node/upgrades-fit",
  severity: "warning",
  reason:
    "an installation makes the partitions for the image of that day, unless it is told a size: an upgrade to one more than " +
    "some 500 MiB larger then ends for want of space, until the machine is installed anew (kairos#1751, #3788)",
  find({ node, yaml }) {
    // AuroraBoot makes those of a RAW. A node in development has no machine yet that has to be upgraded.
    if (node.medium !== "iso" || node.status === "development" || !node.budgets) return [];
    const image = sizeInMiB(node.budgets.image);
    return Object.entries(UPGRADE_PARTITIONS).flatMap(([name, needed]): Finding[] => {
      const path = ["install", "partitions", name, "size"];
      const size = toldPartition(node, name);
      if (size !== undefined && size >= needed(image)) return [];
      return [
        {
          span: yaml.span(path),
          message: `No image as large as its budget (${node.budgets?.image}) fits into the partition ${name} at an upgrade`,
          found: size === undefined ? "no size: it follows from the image that is installed" : `${size} MiB`,
          expected: `${path.join(".")}: ${needed(image)} or more, in MiB`,
        },
      ];
    });
  },
};
