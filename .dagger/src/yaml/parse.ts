import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Pair, parseDocument } from "yaml";
import type { Problem, Span } from "../errors.js";
import { decodeText } from "./decode.js";

/** Keys and indexes that lead to a value, from the document's root: `["files", 0, "mode"]`. */
export type YamlPath = readonly (string | number)[];

/** A YAML file, read once: its value, and where each part of it stands. */
export type ParsedYaml = {
  readonly file: string;
  /** The decoded text; empty where the file is not text. */
  readonly text: string;
  /** The value as plain data; undefined where the file could not be read without guessing. */
  readonly value: unknown;
  /** The yaml package's document, for what the plain value does not hold (a scalar's `source`, its quoting). */
  readonly doc: Document.Parsed | undefined;
  readonly problems: readonly Problem[];
  /** The place of the value at a path; where there is none, of the nearest part of the path that exists. */
  span(path: YamlPath): Span | undefined;
  /** The place of the key that a path ends in; of the value where it ends in an index. */
  keySpan(path: YamlPath): Span | undefined;
};

/** Levels of lists and mappings below one another; the deepest real cloud-config has about ten. */
export const MAX_DEPTH = 64;

const MAX_SYNTAX_PROBLEMS = 20;

/** Reads one YAML file. Never throws: what cannot be read is a problem, with a position where there is one. */
export function parseYaml(file: string, input: Uint8Array | string): ParsedYaml {
  const decoded = decodeText(file, typeof input === "string" ? new TextEncoder().encode(input) : input);
  if ("problem" in decoded) return unreadable(file, "", [decoded.problem]);
  const { text } = decoded;
  const depth = tooDeep(file, text);
  if (depth) return unreadable(file, text, [depth]);

  const lines = new LineCounter();
  const spanOf = (from: number, to: number): Span => {
    // An empty range points at nothing on a screen: show the character before the end instead.
    const start = lines.linePos(Math.min(from, text.length));
    const end = lines.linePos(Math.max(from + 1, to));
    return { line: start.line, column: start.col, endLine: end.line, endColumn: end.col };
  };
  let doc: Document.Parsed;
  try {
    doc = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      // The package compares every key with every other one; duplicates() needs one pass.
      uniqueKeys: false,
      // "silent" would also silence the error about a second document.
      logLevel: "error",
    }) as Document.Parsed;
  } catch (error) {
    const found = error instanceof RangeError ? "more levels than can be read" : String(error);
    return unreadable(file, text, [syntaxProblem(file, "The file cannot be read as YAML", { found })]);
  }
  // After the first few, the errors of one broken file only repeat what the first one did to the rest.
  const syntax = [...doc.errors, ...doc.warnings]
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((error) => syntaxProblem(file, error.message, { span: spanOf(error.pos[0], error.pos[1]) }, error.code));
  if (syntax.length > 0) return { ...unreadable(file, text, syntax), doc };

  const refused: Problem[] = [];
  const duplicates: Problem[] = [];
  if (doc.directives?.yaml.explicit || Object.keys(doc.directives?.tags ?? {}).some((tag) => tag !== "!!")) {
    refused.push(
      refusal(file, spanOf(0, 1), "yaml/directive", "A %YAML or %TAG directive changes what the file means"),
    );
  }
  walk(doc.contents, (node) => {
    if (isAlias(node)) {
      const [from, to] = rangeOf(node);
      refused.push(refusal(file, spanOf(from, to), "yaml/alias", `An alias, *${node.source}`));
      return;
    }
    const anchored = node as { anchor?: string; tag?: string };
    const [from, to] = rangeOf(node);
    if (anchored.anchor) {
      // The range of a node starts after its properties.
      const at = text.lastIndexOf(`&${anchored.anchor}`, from);
      const start = at === -1 ? from : at;
      refused.push(
        refusal(
          file,
          spanOf(start, start + anchored.anchor.length + 1),
          "yaml/anchor",
          `An anchor, &${anchored.anchor}`,
        ),
      );
    }
    if (anchored.tag) refused.push(refusal(file, spanOf(from, to), "yaml/tag", `A tag, ${anchored.tag}`));
    if (!isMap(node)) return;
    const seen = new Map<string, Span>();
    for (const pair of node.items) {
      const key = keyText(pair);
      const [keyFrom, keyTo] = rangeOf(pair.key);
      const span = spanOf(keyFrom, keyTo);
      if (key === "<<") refused.push(refusal(file, span, "yaml/merge-key", "A merge key, <<"));
      const first = seen.get(key);
      if (first) {
        duplicates.push({
          file,
          span,
          rule: "yaml/duplicate-key",
          severity: "error",
          message: `The key ${quote(key)} stands twice in one mapping`,
          found: `${quote(key)}, first on line ${first.line}`,
          expected: "each key once",
          reason: "parsers disagree on which of the two counts",
        });
      } else {
        seen.set(key, span);
      }
    }
  });
  const problems = [...refused, ...duplicates].sort(bySpan);
  const value: unknown = refused.length > 0 ? undefined : doc.toJS();
  if (problems.length === 0 && (value === null || value === undefined)) {
    problems.push({
      file,
      rule: "yaml/empty",
      severity: "error",
      message: "The file is empty",
      found: text.trim() === "" ? "nothing" : "no value",
      expected: "a mapping",
    });
    return { ...unreadable(file, text, problems), doc };
  }
  const locate = (path: YamlPath, key: boolean): Span | undefined => {
    let node: unknown = doc.contents;
    let best: unknown = node;
    for (const [i, step] of path.entries()) {
      let next: unknown;
      if (isMap(node)) {
        // The last one of duplicate keys is the one in the value.
        const pair = node.items.findLast((item) => keyText(item) === String(step));
        if (pair && ((i === path.length - 1 && key) || isNothing(pair.value))) {
          best = pair.key;
          break;
        }
        next = pair?.value;
      } else if (isSeq(node)) {
        next = node.items[Number(step)];
      }
      if (next === undefined || next === null) break;
      node = next;
      best = next;
    }
    if (best === doc.contents && path.length > 0 && isMap(best)) {
      // A missing key at the root: the first key tells people more than the whole file.
      best = best.items[0]?.key ?? best;
    }
    const [from, to] = rangeOf(best);
    return spanOf(from, to);
  };
  return {
    file,
    text,
    value,
    doc,
    problems,
    span: (path) => locate(path, false),
    keySpan: (path) => locate(path, true),
  };
}

function unreadable(file: string, text: string, problems: Problem[]): ParsedYaml {
  return { file, text, value: undefined, doc: undefined, problems, span: () => undefined, keySpan: () => undefined };
}

function refusal(file: string, span: Span, rule: string, what: string): Problem {
  return {
    file,
    span,
    rule,
    severity: "error",
    message: `${what}: not supported here`,
    found: what.replace(/^An? /, "").slice(0, 80),
    expected: "plain YAML, with each value written out where it is used",
    reason: "what stands in the file is what is built, and no two parsers agree on these",
  };
}

function syntaxProblem(file: string, message: string, rest: Partial<Problem>, code?: string): Problem {
  const base = { file, severity: "error" as const, ...rest };
  const text = message.replace(/\s+/g, " ").trim();
  if (code === "TAB_AS_INDENT" || /\btabs?\b/i.test(text)) {
    return { ...base, rule: "yaml/tab", message: text, found: "a tab", expected: "spaces for indentation" };
  }
  if (code === "MULTIPLE_DOCS") {
    return {
      ...base,
      rule: "yaml/multiple-documents",
      message: "The file holds more than one document",
      found: "a second document after ---",
      expected: "one document in a file",
    };
  }
  if (code === "NON_STRING_KEY") {
    return { ...base, rule: "yaml/key", message: "A key is not a plain text", expected: "a text as the key" };
  }
  if (code === "BAD_ALIAS") {
    return { ...base, rule: "yaml/alias", message: text, expected: "the value written out where it is used" };
  }
  if (code === "TAG_RESOLVE_FAILED") {
    return { ...base, rule: "yaml/tag", message: text, expected: "plain YAML without tags" };
  }
  return { ...base, rule: "yaml/syntax", message: text, expected: base.expected ?? "valid YAML" };
}

/**
 * Deep nesting is refused before the package parses it: it recurses, and its time grows with the square of the depth.
 * Counting brackets and indentation is coarse (brackets in quoted text count too), so the bound is far above real use.
 */
function tooDeep(file: string, text: string): Problem | undefined {
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

const LINE_FEED = 10;
const SPACE = 32;
const HASH = 35;
const DASH = 45;
const QUESTION = 63;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Visits every node once, keys included, without recursion. */
function walk(root: unknown, visit: (node: object) => void): void {
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const node = stack.pop();
    if (node === null || node === undefined) continue;
    if (isPair(node)) {
      stack.push(node.value, node.key);
      continue;
    }
    if (typeof node !== "object") continue;
    visit(node);
    if (isMap(node) || isSeq(node)) for (let i = node.items.length - 1; i >= 0; i--) stack.push(node.items[i]);
  }
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** `key:` with nothing behind it: its value has no place of its own. */
function isNothing(node: unknown): boolean {
  const [from, to] = rangeOf(node);
  return from === to;
}

function rangeOf(node: unknown): [number, number] {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range ? [range[0], range[1]] : [0, 0];
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function bySpan(a: Problem, b: Problem): number {
  return (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0);
}
