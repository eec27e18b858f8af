import type { Problem } from "../errors.js";

/** Makes the errors about one artefact: `file` names it to people, `room` begins the ids of its rules. */
export function problemsOf(file: string, room: string) {
  return (rule: string, message: string, found: string, expected: string, reason?: string): Problem => ({
    file,
    rule: `${room}/${rule}`,
    severity: "error",
    message,
    found,
    expected,
    ...(reason ? { reason } : {}),
  });
}
