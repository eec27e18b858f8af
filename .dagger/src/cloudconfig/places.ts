import type { Span } from "../errors.js";
import type { View } from "./view.js";

/** Finds the place of any part of a file; the file's lines are counted once. */
export function places(text: string): (view: View, on?: "key") => Span | undefined {
  const starts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  const position = (offset: number): { line: number; column: number } => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return (view, on) => {
    const range = rangeOf(view, on);
    if (!range) return undefined;
    const start = position(range[0]);
    const end = position(Math.max(range[0] + 1, range[1]));
    return { ...start, endLine: end.line, endColumn: end.column };
  };
}

/** A value that is not there stands where its key does, or where the nearest part of its path does. */
function rangeOf(view: View, on: "key" | undefined): [number, number] | undefined {
  const key = nodeRange(view.key);
  if (on === "key" && key) return key;
  for (let at: View | undefined = view; at; at = at.parent) {
    const range = nodeRange(at.node) ?? nodeRange(at.key);
    if (range) return range;
  }
  return undefined;
}

function nodeRange(node: unknown): [number, number] | undefined {
  const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range;
  return range && range[1] > range[0] ? [range[0], range[1]] : undefined;
}
