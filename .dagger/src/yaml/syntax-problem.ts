import type { Problem, Span } from "../errors.js";

/** YAML that the reader takes, and that is not supported here. `what` names it, e.g. `An anchor, &a`. */
export function refusal(file: string, span: Span, rule: string, what: string): Problem {
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

/**
 * What the yaml package says is wrong, as a problem.
 * @param code the package's name for the mistake
 * @param around the text from one character before its place
 */
export function syntaxProblem(
  file: string,
  message: string,
  rest: Partial<Problem>,
  code?: string,
  around = "",
): Problem {
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
  if (code === "BLOCK_AS_IMPLICIT_KEY" && text.startsWith("Nested mappings")) {
    return {
      ...base,
      rule: "yaml/syntax",
      message: "A second key in one line",
      found: '": " in a text without quotes',
      expected: 'quotes around a text that holds ": "',
    };
  }
  const template = code === "NON_STRING_KEY" && /^\{\{.{0,60}?\}\}/.exec(around)?.[0];
  if (template) {
    return {
      ...base,
      rule: "yaml/key",
      message: "A template without quotes",
      found: template,
      expected: `quotes around the whole text: "${template}"`,
      reason: "{ begins a mapping in YAML",
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
