import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Pair, parseDocument } from "yaml";
import type { Problem, Span } from "../errors.js";
import { decodeText } from "./decode.js";
import { tooDeep } from "./depth.js";
import { refusal, syntaxProblem } from "./syntax-problem.js";

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
    .map(({ message, code, pos: [from, to] }) =>
      syntaxProblem(file, message, { span: spanOf(from, to) }, code, text.slice(Math.max(0, from - 1), to + 80)),
    );
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
