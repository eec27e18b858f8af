import type { Problem } from "../../errors.js";
import { byPlace } from "../sort.js";

/** The report as data; docs/problems.md documents the shape. */
export function jsonReport(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const report = {
    version: 1,
    summary: {
      errors,
      warnings: problems.length - errors,
      files: new Set(problems.map((problem) => problem.file)).size,
    },
    problems: [...problems].sort(byPlace).map((problem) => ({
      file: problem.file,
      ...(problem.span ? { span: problem.span } : {}),
      rule: problem.rule,
      severity: problem.severity,
      message: problem.message,
      ...(problem.found === undefined ? {} : { found: problem.found }),
      ...(problem.expected === undefined ? {} : { expected: problem.expected }),
      ...(problem.reason === undefined ? {} : { reason: problem.reason }),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
