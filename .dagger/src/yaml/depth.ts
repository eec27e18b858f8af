import type { Problem } from "../errors.js";

/** Levels of lists and mappings below one another; the deepest real cloud-config has about ten. */
export const MAX_DEPTH = 64;

const LINE_FEED = 10;
const SPACE = 32;
const HASH = 35;
const DASH = 45;
const QUESTION = 63;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Deep nesting is refused before the package parses it: it recurses, and its time grows with the square of the depth.
 * Counting brackets and indentation is coarse (brackets in quoted text count too), so the bound is far above real use.
 */
export function tooDeep(file: string, text: string): Problem | undefined {
  let flow = 0;
  let line = 1;
  let lineStart = 0;
  const indents: number[] = [];
  const problem = (column: number): Problem => ({
    file,
    span: { line, column, endLine: line, endColumn: column + 1 },
    rule: "yaml/too-deep",
    severity: "error",
    message: "The file is nested too deeply",
    found: `more than ${MAX_DEPTH} levels`,
    expected: `at most ${MAX_DEPTH} levels of lists and mappings`,
  });
  const at = (i: number) => text.charCodeAt(i);
  let comment = false;
  for (let i = 0; i < text.length; i++) {
    if (i === lineStart) {
      const { end, dashes } = indentation(text, i);
      if (dashes > MAX_DEPTH) return problem(end - lineStart + 1);
      if (end < text.length && at(end) !== LINE_FEED && at(end) !== HASH) {
        const indent = end - lineStart;
        while (indents.length > 0 && (indents[indents.length - 1] as number) >= indent) indents.pop();
        indents.push(indent);
        if (indents.length > MAX_DEPTH + 1 && flow === 0) return problem(indent + 1);
      }
    }
    const char = at(i);
    if (char === LINE_FEED) {
      line++;
      lineStart = i + 1;
      comment = false;
    } else if (comment) {
    } else if (char === HASH) {
      comment = i === lineStart || at(i - 1) === SPACE;
    } else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      flow++;
      if (flow > MAX_DEPTH) return problem(i - lineStart + 1);
    } else if ((char === CLOSE_BRACKET || char === CLOSE_BRACE) && flow > 0) {
      flow--;
    }
  }
  return undefined;
}

/** Where a line's content begins, behind blanks and the marks of nested entries, and how many marks there are. */
function indentation(text: string, from: number): { end: number; dashes: number } {
  let end = from;
  let dashes = 0;
  for (;;) {
    const char = text.charCodeAt(end);
    const mark = (char === DASH || char === QUESTION) && text.charCodeAt(end + 1) === SPACE;
    if (mark) dashes++;
    if ((char !== SPACE && !mark) || dashes > MAX_DEPTH) return { end, dashes };
    end++;
  }
}
