import type { Problem } from "../errors.js";

/** By file, then by place, errors before warnings of one place; the same on every machine. */
export function byPlace(a: Problem, b: Problem): number {
  return (
    order(a.file, b.file) ||
    (a.span?.line ?? 0) - (b.span?.line ?? 0) ||
    (a.span?.column ?? 0) - (b.span?.column ?? 0) ||
    order(a.severity, b.severity) ||
    order(a.rule, b.rule) ||
    order(a.message, b.message)
  );
}

/** By code units: a locale would sort differently on another machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
