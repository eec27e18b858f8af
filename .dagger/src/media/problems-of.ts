import type { Problem } from "../errors.js";

/** Makes an error about an artefact. */
export type ProblemOf = ReturnType<typeof problemsOf>;

/** Makes the errors about one artefact: `file` names it to people, `group` begins the ids of its rules. */
export function problemsOf(file: string, group: string) {
  return (rule: string, message: string, found: string, expected: string, reason?: string): Problem => ({
    file,
    rule: `${group}/${rule}`,
    severity: "error",
    message,
    found,
    expected,
    ...(reason ? { reason } : {}),
  });
}
