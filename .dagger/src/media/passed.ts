import { HegemonikonError, type Problem } from "../errors.js";
import { problemLines } from "../plan/problem-lines.js";
import { sayWarnings } from "./say-warnings.js";

/**
 * What the guards noted of something that they let pass; said, too, as a medium alone has no manifest. Throws a HegemonikonError
 * with all that they found where one of them forbids it.
 */
export function passed(node: string, problems: readonly Problem[]): Problem[] {
  const lines = problemLines(problems);
  if (problems.some(({ severity }) => severity === "error")) {
    throw new HegemonikonError([`${node} is not fit to leave:`, ...lines].join("\n"));
  }
  sayWarnings(lines);
  return [...problems];
}
