import { HegemonikonError, type Problem } from "../errors.js";
import { jsonReport } from "./report/json.js";
import { sarifReport } from "./report/sarif.js";
import { textReport } from "./report/text.js";
import { ReportFormat } from "./report-format.js";
import type { Workspace } from "./workspace.js";

export { jsonReport } from "./report/json.js";
export { sarifReport } from "./report/sarif.js";
export { summary, textReport } from "./report/text.js";

/** The report in a form. */
export function report(format: ReportFormat, problems: readonly Problem[], workspace: Workspace): string {
  switch (format) {
    case ReportFormat.Text:
      return textReport(problems, workspace);
    case ReportFormat.Json:
      return jsonReport(problems);
    case ReportFormat.Sarif:
      return sarifReport(problems);
  }
}

/** The text report where nothing is wrong enough to fail; an error that holds the report where something is. */
export function passOrThrow(problems: readonly Problem[], workspace: Workspace): string {
  const text = textReport(problems, workspace);
  if (problems.some((problem) => problem.severity === "error")) throw new HegemonikonError(text.trimEnd());
  return text;
}
