import { isScalar } from "yaml";
import { z } from "zod";
import type { Problem } from "../errors.js";
import { nearest, suggestion } from "./nearest.js";
import type { ParsedYaml, YamlPath } from "./parse.js";

/** A value that a schema accepts, or what is wrong with it, each with its place in the file. */
export type Judged<T> = { value: T; problems: [] } | { value: undefined; problems: Problem[] };

/**
 * Holds a parsed file against a zod schema. Every mistake becomes one problem with a position; an unknown key comes
 * with the known key that is nearest to it.
 */
export function checkSchema<S extends z.ZodType>(yaml: ParsedYaml, schema: S, rule: string): Judged<z.output<S>> {
  const result = schema.safeParse(yaml.value);
  if (result.success) return { value: result.data, problems: [] };
  const { issues } = result.error;
  const meant = new Set(issues.flatMap((issue) => meantPaths(yaml, schema, issue)));
  const problems = issues
    // One mistake, one problem: where `modle` stands, nobody needs to hear that `model` is missing.
    .filter((issue) => !(meant.has(dotted(pathOf(issue))) && valueAt(yaml.value, pathOf(issue)) === undefined))
    .flatMap((issue) => issueProblems(yaml, schema, rule, issue));
  return { value: undefined, problems };
}

/** The paths that the unknown keys of an issue were most likely meant to be. */
function meantPaths(yaml: ParsedYaml, schema: z.ZodType, issue: z.core.$ZodIssue): string[] {
  if (issue.code !== "unrecognized_keys") return [];
  const path = pathOf(issue);
  const known = knownKeys(schemaAt(schema, yaml.value, path));
  return issue.keys.flatMap((key) => nearest(key, known) ?? []).map((key) => dotted([...path, key]));
}

function pathOf(issue: z.core.$ZodIssue): YamlPath {
  return issue.path.filter((step) => typeof step !== "symbol");
}

function issueProblems(yaml: ParsedYaml, schema: z.ZodType, rule: string, issue: z.core.$ZodIssue): Problem[] {
  const path = pathOf(issue);
  const problem = (rest: Omit<Problem, "file" | "rule" | "severity">): Problem => ({
    file: yaml.file,
    rule,
    severity: "error",
    ...rest,
  });
  const where = dotted(path);
  const at = valueAt(yaml.value, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(schemaAt(schema, yaml.value, path));
      return issue.keys.map((key) =>
        problem({
          span: yaml.keySpan([...path, key]),
          message: `Unknown key ${quoted(key)}${where === "" ? "" : ` in ${where}`}`,
          found: quoted(key),
          expected: suggestion(key, known) ?? "no such key",
        }),
      );
    }
    case "invalid_key":
      return [
        problem({
          span: yaml.keySpan(path),
          message: `The name ${quoted(String(path.at(-1)))} is not allowed`,
          found: quoted(String(path.at(-1))),
          expected: issue.issues[0]?.message,
        }),
      ];
    case "invalid_union": {
      const options = (issue as { options?: unknown[] }).options;
      if (!options) break;
      return [
        missingOr(
          at,
          path,
          options.map((option) => quoted(String(option))),
        ),
      ];
    }
    case "invalid_value":
      return [
        missingOr(
          at,
          path,
          issue.values.map((value) => JSON.stringify(value)),
        ),
      ];
    case "invalid_type": {
      const judged = schemaAt(schema, yaml.value, path);
      const described = judged?.description;
      if (at === undefined) return [missingOr(at, path, described ?? noun(issue.expected))];
      const expected = expectedText(yaml, path, issue.expected, at, judged?.schema);
      return [
        problem({
          span: yaml.span(path),
          message: `${where === "" ? "The file" : where} is not ${noun(issue.expected)}`,
          found: shown(at),
          expected: described && !expected.includes('"') ? `${expected} (${described})` : expected,
        }),
      ];
    }
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit = issue.origin === "string" ? " character(s)" : issue.origin === "array" ? " entries" : "";
      // A schema's own message says more than the bound does; zod's begins with "Too".
      const expected = issue.message.startsWith("Too ") ? `${bound}${unit}` : issue.message;
      return [
        problem({
          span: yaml.span(path),
          message: `${where} is too ${issue.code === "too_small" ? "short" : "long"}`,
          found: shown(at),
          expected,
        }),
      ];
    }
  }
  return [
    problem({ span: yaml.span(path), message: `${where} is not valid`, found: shown(at), expected: issue.message }),
  ];

  function missingOr(value: unknown, of: YamlPath, wanted: string | readonly string[]): Problem {
    const key = of.at(-1);
    const expected =
      typeof wanted === "string" ? wanted : wanted.length === 1 ? `${wanted[0]}` : `one of ${wanted.join(", ")}`;
    if (value !== undefined || typeof key !== "string") {
      return problem({
        span: yaml.span(of),
        message: `${dotted(of)} is not one of the known values`,
        found: shown(value),
        expected,
      });
    }
    const parent = dotted(of.slice(0, -1));
    return problem({
      span: yaml.span(of.slice(0, -1)),
      message: `The key ${quoted(key)} is missing${parent === "" ? "" : ` in ${parent}`}`,
      found: "nothing",
      expected: `${key}: ${expected}`,
    });
  }
}

/** Numbers and booleans that were meant as text are the commonest slip: show the quoted form, where that would be right. */
function expectedText(
  yaml: ParsedYaml,
  path: YamlPath,
  expected: string,
  at: unknown,
  schema: z.core.$ZodType | undefined,
): string {
  if (expected === "string" && (typeof at === "number" || typeof at === "boolean")) {
    const node = yaml.doc?.getIn(path, true);
    const source = isScalar(node) && node.source ? node.source : String(at);
    const asText = schema && z.safeParse(schema, source);
    return asText?.success === false
      ? (asText.error.issues[0]?.message ?? noun(expected))
      : `a text in quotes: "${source}"`;
  }
  return noun(expected);
}

function noun(type: string): string {
  const nouns: { [type: string]: string } = {
    string: "a text",
    array: "a list",
    object: "a mapping",
    record: "a mapping",
    boolean: "true or false",
    number: "a number",
    int: "a whole number",
  };
  return Object.hasOwn(nouns, type) ? (nouns[type] as string) : type;
}

/** `files[0].mode`; empty for the root. */
export function dotted(path: YamlPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** What stands at a place, short enough for one line. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "an empty value";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return value === "" ? "an empty text" : quoted(value);
  return `the ${typeof value} ${String(value)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as { [key: string]: unknown })[step];
  }
  return at;
}

type Judge = { schema: z.core.$ZodType; description: string | undefined };

/** The schema that judges the value at a path, with what its author says it is for; undefined where no single one does. */
function schemaAt(root: z.core.$ZodType, value: unknown, path: YamlPath): Judge | undefined {
  let at = judge(root, value);
  let data = value;
  for (const step of path) {
    let next: z.core.$ZodType | undefined;
    if (at?.schema instanceof z.ZodObject)
      next = Object.hasOwn(at.schema.shape, step) ? at.schema.shape[step] : undefined;
    else if (at?.schema instanceof z.ZodArray) next = at.schema.element;
    else if (at?.schema instanceof z.ZodRecord) next = at.schema.valueType;
    if (!next) return undefined;
    data = valueAt(data, [step]);
    at = judge(next, data);
  }
  return at;
}

function judge(outer: z.core.$ZodType, value: unknown): Judge | undefined {
  const schema = unwrapped(outer, value);
  // A wrapper's description (`.default(…).describe(…)`) is the one that was written for this key.
  return schema && { schema, description: description(outer) ?? description(schema) };
}

function unwrapped(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (let i = 0; at && i < 20; i++) {
    if (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodNullable) at = at.def.innerType;
    else if (at instanceof z.ZodLazy) at = at.def.getter();
    else if (at instanceof z.ZodPipe) at = at.def.in;
    else if (at instanceof z.ZodDiscriminatedUnion) at = chosen(at, value);
    else return at;
  }
  return at;
}

function chosen(union: z.ZodDiscriminatedUnion, value: unknown): z.core.$ZodType | undefined {
  const key = union.def.discriminator;
  const mark = valueAt(value, [key]);
  return union.options.find((option) => {
    const literal: unknown = option instanceof z.ZodObject ? option.shape[key] : undefined;
    return literal instanceof z.ZodLiteral && literal.values.has(mark as never);
  });
}

function knownKeys(at: Judge | undefined): string[] {
  return at?.schema instanceof z.ZodObject ? Object.keys(at.schema.shape) : [];
}

function description(schema: z.core.$ZodType): string | undefined {
  return schema instanceof z.ZodType ? schema.description : undefined;
}
