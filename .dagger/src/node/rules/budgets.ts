import { sizeInBytes } from "../size.js";
import type { Rule } from "./rule.js";

export const mediumWithinImage: Rule = {
  id: "node/medium-within-image",
  severity: "warning",
  reason: "a medium holds the same files compressed, so a larger budget for it can never be met or exceeded by mistake",
  find({ node, yaml }) {
    if (!node.budgets || sizeInBytes(node.budgets.medium) <= sizeInBytes(node.budgets.image)) return [];
    return [
      {
        span: yaml.span(["budgets", "medium"]),
        message: "The medium may be larger than the image it is made from",
        found: `medium ${node.budgets.medium}, image ${node.budgets.image}`,
        expected: `at most ${node.budgets.image}`,
      },
    ];
  },
};
