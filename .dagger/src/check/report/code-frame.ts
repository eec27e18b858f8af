import type { Span } from "../../errors.js";
import { printable } from "./words.js";

/** A line longer than this is cut around the place that matters. */
const WIDTH = 100;

/** The line that a span begins on, with its number and a mark below; a secret's text is replaced by dots. */
export function codeFrame(lines: readonly string[], span: Span, masked: boolean): string[] {
  const line = lines[span.line - 1];
  if (line === undefined) return [];
  const start = Math.min(span.column - 1, line.length);
  const end = span.endLine === span.line ? Math.min(span.endColumn - 1, line.length) : line.length;
  // Behind the place of a secret the line may hold the rest of it.
  const shown = masked ? `${line.slice(0, start)}${"•".repeat(Math.min(8, Math.max(1, line.length - start)))}` : line;
  const from = start > WIDTH - 20 ? start - 20 : 0;
  const text = printable(shown.slice(from, from + WIDTH));
  const more = from + WIDTH < shown.length ? "…" : "";
  const number = String(span.line);
  const gutter = " ".repeat(number.length);
  const head = from > 0 ? "…" : "";
  const marks = Math.max(1, Math.min((masked ? shown.length : end) - start, from + WIDTH - start));
  return [
    `${number} | ${head}${text}${more}`,
    `${gutter} | ${" ".repeat(head.length + start - from)}${"^".repeat(marks)}`,
  ];
}
