import { HegemonikonError, type Problem } from "../errors.js";
import { jsonReport } from "./report/json.js";
import { sarifReport } from "./report/sarif.js";
import { textReport } from "./report/text.js";
import type { Workspace } from "./workspace.js";

export { jsonReport } from "./report/json.js";
export { sarifReport } from "./report/sarif.js";
export { summary, textReport } from "./report/text.js";

/** The forms a report can take. */
export const REPORT_FORMATS = ["text", "json", "sarif"] as const;

/** The report in a form by name, whatever the case of its letters. */
export function report(format: string, problems: readonly Problem[], workspace: Workspace): string {
  switch (format.toLowerCase()) {
    case "text":
      return textReport(problems, workspace);
    case "json":
      return jsonReport(problems);
    case "sarif":
      return sarifReport(problems);
    default:
      throw new HegemonikonError(
        `unknown format ${JSON.stringify(format)}; expected one of ${REPORT_FORMATS.join(", ")}`,
      );
  }
}

/** The text report where nothing is wrong enough to fail; an error that holds the report where something is. */
export function passOrThrow(problems: readonly Problem[], workspace: Workspace): string {
  const text = textReport(problems, workspace);
  if (problems.some((problem) => problem.severity === "error")) throw new HegemonikonError(text.trimEnd());
  return text;
}
