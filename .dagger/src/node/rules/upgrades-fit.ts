import { sizeInMiB } from "../size.js";
import { valueAt } from "../value-at.js";
import type { Finding, Rule } from "./rule.js";

/** The partitions that upgrades fill, and how large kairos-agent makes them for an image, all in MiB (v2.31.4, pkg/config/spec.go). */
const NEEDED: Readonly<Record<"state" | "recovery", (image: number) => number>> = {
  // the image that starts, the one before it, and the next one while it is written
  state: (image) => 3 * image + 1000,
  recovery: (image) => 2 * image + 200,
};

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
    return Object.entries(NEEDED).flatMap(([name, needed]): Finding[] => {
      const path = ["install", "partitions", name, "size"];
      const size = valueAt(node.install, path.slice(1));
      if (typeof size === "number" && size >= needed(image)) return [];
      return [
        {
          span: yaml.span(path),
          message: `No image as large as its budget (${node.budgets?.image}) fits into the partition ${name} at an upgrade`,
          found: typeof size === "number" ? `${size} MiB` : "no size: it follows from the image that is installed",
          expected: `${path.join(".")}: ${needed(image)} or more, in MiB`,
        },
      ];
    });
  },
};
