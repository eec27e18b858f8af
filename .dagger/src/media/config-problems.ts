import type { Problem } from "../errors.js";
import type { ProblemOf } from "./problems-of.js";

/** What is wrong where a medium's cloud-config is not the one that it was given. */
export function configProblems(problem: ProblemOf, found: string, given: string): Problem[] {
  if (found.trim() === given.trim()) return [];
  const shown = /passwd: *"?kairos"?/.test(found)
    ? "AuroraBoot's default user kairos/kairos"
    : `${found.trim().length} other characters`;
  return [
    problem(
      "config",
      "The medium's cloud-config is not the one it was given",
      shown,
      "the installation's settings from node.yaml, and no user",
    ),
  ];
}
