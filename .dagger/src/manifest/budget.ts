import type { Problem } from "../errors.js";
import { readableSize, sizeInBytes } from "../node/size.js";

/** Above this share of its budget an artefact earns a warning: there is still time to do something. */
export const WARN_SHARE = 0.9;

/** What is wrong with the size of an artefact: nothing, a warning above 90 %, or an error above 100 % with its largest parts. */
export function budgetProblems(
  node: string,
  what: "image" | "medium",
  budget: string,
  used: number,
  parts: readonly { path: string; bytes: number }[],
): Problem[] {
  const limit = sizeInBytes(budget);
  if (used <= limit * WARN_SHARE) return [];
  const over = used > limit;
  const list = parts.map(({ path, bytes }) => `  ${readableSize(bytes)} ${path}`);
  return [
    {
      file: `nodes/${node}/node.yaml`,
      rule: `budget/${what}`,
      severity: over ? "error" : "warning",
      message: over
        ? [`The ${what} is larger than budgets.${what} allows; its largest files:`, ...list].join("\n")
        : `The ${what} uses over ${WARN_SHARE * 100} % of budgets.${what}`,
      found: `${readableSize(used)} (${Math.ceil((used / limit) * 100)} %)`,
      expected: `at most ${budget}`,
      reason: "an image too large for its partition fails at the upgrade, on the machine (kairos#3788)",
    },
  ];
}
