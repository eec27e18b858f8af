/** The values of an expression: what GitHub's contexts hold. */
export type Value = string | number | boolean | null | undefined | Value[] | { [key: string]: Value };
export type Contexts = { [name: string]: Value };

/** What stands for how the steps before went, which `always()`, `failure()` and so on ask for. */
export type Went = "success" | "failure" | "cancelled";

const TOKENS = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|(\|\||&&|==|!=|!|\(|\)|,|\.|\[|\])|([A-Za-z_][\w-]*)|(\S))/g;

/**
 * Evaluates an expression of GitHub Actions, as far as workflows here use the language: operators, literals, properties
 * and the functions below. Throws where something else stands there, so that no step runs with a value nobody computed.
 */
export function evaluate(text: string, contexts: Contexts, went: Went = "success"): Value {
  const tokens = [...text.matchAll(TOKENS)].map(([, string, number, sign, word, other]) => {
    if (other !== undefined) throw new Error(`expression ${JSON.stringify(text)}: found ${JSON.stringify(other)}`);
    return { string, number, sign, word };
  });
  let at = 0;
  const sign = (expected: string): boolean => {
    if (tokens[at]?.sign !== expected) return false;
    at++;
    return true;
  };
  const need = (expected: string): void => {
    if (!sign(expected)) throw new Error(`expression ${JSON.stringify(text)}: expected ${expected}`);
  };
  const or = (): Value => {
    let value = and();
    while (sign("||")) {
      const right = and();
      value = truthy(value) ? value : right;
    }
    return value;
  };
  const and = (): Value => {
    let value = compared();
    while (sign("&&")) {
      const right = compared();
      value = truthy(value) ? right : value;
    }
    return value;
  };
  const compared = (): Value => {
    const left = unary();
    if (sign("==")) return same(left, unary());
    if (sign("!=")) return !same(left, unary());
    return left;
  };
  const unary = (): Value => (sign("!") ? !truthy(unary()) : primary());
  const primary = (): Value => {
    if (sign("(")) {
      const value = or();
      need(")");
      return value;
    }
    const token = tokens[at++];
    if (token?.string !== undefined) return token.string.slice(1, -1).replaceAll("''", "'");
    if (token?.number !== undefined) return Number(token.number);
    if (token?.word === undefined) throw new Error(`expression ${JSON.stringify(text)}: ended early`);
    if (token.word === "true" || token.word === "false") return token.word === "true";
    if (token.word === "null") return null;
    if (sign("(")) return called(token.word);
    if (!(token.word in contexts)) throw new Error(`expression ${JSON.stringify(text)}: no ${token.word} here`);
    let value: Value = contexts[token.word];
    while (sign(".")) value = property(value, tokens[at++]?.word ?? "");
    return value;
  };
  const called = (name: string): Value => {
    const given: Value[] = [];
    while (!sign(")")) {
      given.push(or());
      sign(",");
    }
    switch (name) {
      case "always":
        return true;
      case "success":
      case "failure":
      case "cancelled":
        return went === name;
      case "fromJSON":
        return JSON.parse(String(given[0])) as Value;
      case "toJSON":
        return JSON.stringify(given[0]);
      default:
        throw new Error(`expression ${JSON.stringify(text)}: ${name}() is not known to the tests' runner`);
    }
  };
  const value = or();
  if (at !== tokens.length) throw new Error(`expression ${JSON.stringify(text)}: something follows its end`);
  return value;
}

/** Replaces each `${{ … }}` of a text; a text that is one expression alone keeps its value's type. */
export function interpolate(text: string, contexts: Contexts, went?: Went): Value {
  const alone = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(text)?.[1];
  if (alone !== undefined) return evaluate(alone, contexts, went);
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, inner: string) => asText(evaluate(inner, contexts, went)));
}

/** A condition: an `if:` with or without `${{ }}`; without a status function it implies success(). */
export function condition(text: string | undefined, contexts: Contexts, went: Went): boolean {
  if (text === undefined) return went === "success";
  const inner = text.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const asks = /\b(always|success|failure|cancelled)\(\)/.test(inner);
  return (asks || went === "success") && truthy(evaluate(inner, contexts, went));
}

/** What a value becomes in a text. */
export function asText(value: Value): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function truthy(value: Value): boolean {
  return value !== "" && value !== 0 && value !== false && value !== null && value !== undefined;
}

/** Texts are compared without regard to case; null equals the empty text, as GitHub makes numbers of both. */
function same(a: Value, b: Value): boolean {
  if (typeof a === "string" && typeof b === "string") return a.toLowerCase() === b.toLowerCase();
  if (typeof a === typeof b) return a === b;
  return numeric(a) === numeric(b);
}

function numeric(value: Value): number {
  if (value === null || value === undefined || value === "") return 0;
  return typeof value === "boolean" ? Number(value) : Number(value as string);
}

function property(value: Value, name: string): Value {
  if (value === null || value === undefined || typeof value !== "object" || Array.isArray(value)) return undefined;
  return value[name];
}
