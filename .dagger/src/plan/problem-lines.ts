import { type Problem, place } from "../errors.js";

/** Problems as an error shows them: the place, the message, what was found and what was expected. */
export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map((problem) => {
    const found = problem.found ? `: found ${problem.found}` : "";
    const expected = problem.expected ? `, expected ${problem.expected}` : "";
    return `${place(problem)}: ${problem.message}${found}${expected}${problem.reason ? ` (${problem.reason})` : ""}`;
  });
}
