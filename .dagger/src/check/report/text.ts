import { type Problem, place } from "../../errors.js";
import { isSecret } from "../secrets.js";
import { byPlace } from "../sort.js";
import type { Workspace } from "../workspace.js";
import { codeFrame } from "./code-frame.js";
import { count, printable } from "./words.js";

/** How a text report looks. */
export type TextOptions = {
  /** ANSI colours, for a terminal. */
  color?: boolean;
};

/**
 * The report for people: grouped by file, each problem with the line it stands on, what was found, what was expected
 * and, once for each rule, why. The workspace is where the lines come from.
 */
export function textReport(problems: readonly Problem[], workspace: Workspace = [], options: TextOptions = {}): string {
  const paint = painter(options.color ?? false);
  const sources = new Map(workspace.map((file) => [file.path, file]));
  const texts = new Map<string, string[]>();
  const linesOf = (path: string): string[] => {
    const known = texts.get(path);
    if (known) return known;
    const bytes = sources.get(path)?.bytes;
    const lines = bytes ? new TextDecoder().decode(bytes).split(/\r?\n/) : [];
    texts.set(path, lines);
    return lines;
  };
  const blocks: string[] = [];
  let file = "";
  const explained = new Set<string>();
  for (const problem of [...problems].sort(byPlace)) {
    if (problem.file !== file) {
      file = problem.file;
      blocks.push(paint("bold", printable(file)));
    }
    // The same rule found again needs no second explanation.
    const why = problem.reason !== undefined && !explained.has(problem.reason) ? problem.reason : undefined;
    if (why !== undefined) explained.add(why);
    blocks.push(problemText({ ...problem, reason: why }, linesOf(problem.file), paint));
  }
  blocks.push(summary(problems));
  return `${blocks.join("\n\n")}\n`;
}

/** `2 errors, 1 warning in 2 files`, or that there is nothing to say. */
export function summary(problems: readonly Problem[]): string {
  if (problems.length === 0) return "No problems found";
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const files = new Set(problems.map((problem) => problem.file)).size;
  return `${count(errors, "error")}, ${count(problems.length - errors, "warning")} in ${count(files, "file")}`;
}

type Paint = (style: "bold" | "dim" | Problem["severity"], text: string) => string;

function problemText(
  problem: Omit<Problem, "reason"> & { reason: string | undefined },
  lines: string[],
  paint: Paint,
): string {
  const rows = [
    `  ${paint(problem.severity, problem.severity)} ${printable(problem.message)} ${paint("dim", `[${problem.rule}]`)}`,
    `    at ${printable(place(problem))}`,
  ];
  if (problem.span) rows.push(...codeFrame(lines, problem.span, isSecret(problem)).map((row) => `    ${row}`));
  if (problem.found !== undefined) rows.push(`    found:    ${printable(problem.found)}`);
  if (problem.expected !== undefined) rows.push(`    expected: ${printable(problem.expected)}`);
  if (problem.reason !== undefined) rows.push(`    why:      ${printable(problem.reason)}`);
  return rows.join("\n");
}

function painter(color: boolean): Paint {
  const codes = { bold: 1, dim: 2, error: 31, warning: 33 } as const;
  return (style, text) => (color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}
