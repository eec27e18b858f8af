/** How bad a problem is: an error stops a build, a warning is shown and counted. */
export type Severity = "error" | "warning";

/** A place in a text file. Lines and columns count from 1; a column counts UTF-16 code units. */
export type Span = { line: number; column: number; endLine: number; endColumn: number };

/** One mistake in a file of the repository. `check` lists them, an error ends a build. */
export type Problem = {
  /** Path from the repository's root, e.g. `nodes/noos/node.yaml`. */
  file: string;
  /** Absent only where the mistake has no place in a text (a missing or binary file). */
  span?: Span;
  /** Stable id of the rule, e.g. `node/schema` or `node/rpi-needs-efi-stub`. */
  rule: string;
  severity: Severity;
  /** One sentence that says what is wrong. */
  message: string;
  /** What stands there. */
  found?: string;
  /** What would have been right. */
  expected?: string;
  /** Why the rule exists: a reason, or the address of an issue or document. */
  reason?: string;
};

/** The project's own error: a message for people that names what was found and what was expected. */
export class HegemonikonError extends Error {
  override name = "HegemonikonError";
}

/** What an error says first: an engine's goes on for pages. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** `file:line:column`, or as much of it as is known. */
export function place(problem: Pick<Problem, "file" | "span">): string {
  const { file, span } = problem;
  return span ? `${file}:${span.line}:${span.column}` : file;
}
