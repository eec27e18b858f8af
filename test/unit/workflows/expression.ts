import { type data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { BooleanData } from "@actions/expressions/data/boolean";
import type { Dictionary } from "@actions/expressions/data/dictionary";
import { replacer } from "@actions/expressions/data/replacer";
import { reviver } from "@actions/expressions/data/reviver";
import { truthy } from "@actions/expressions/result";

/** The values of an expression: what GitHub's contexts hold. */
export type Value = string | number | boolean | null | undefined | Value[] | { [key: string]: Value };
export type Contexts = { [name: string]: Value };

/** What stands for how the steps before went, which `always()`, `failure()` and so on ask for. */
export type Went = "success" | "failure" | "cancelled";

/**
 * Evaluates an expression of GitHub Actions with GitHub's own parser and evaluator. Throws where a context or function is
 * named that is not given here, so that no step runs with a value nobody computed.
 */
export function evaluate(text: string, contexts: Contexts, went: Went = "success"): Value {
  return plain(evaluated(text, contexts, went));
}

function evaluated(text: string, contexts: Contexts, went: Went): data.ExpressionData {
  const status = ["always", "success", "failure", "cancelled"].map((name) => {
    const call = () => new BooleanData(name === "always" || name === went);
    return { name, minArgs: 0, maxArgs: 0, call };
  });
  try {
    const { tokens } = new Lexer(text).lex();
    const tree = new Parser(tokens, Object.keys(contexts), status).parse();
    const given = JSON.parse(JSON.stringify(contexts), reviver) as Dictionary;
    return new Evaluator(tree, given, new Map(status.map((one) => [one.name, one]))).evaluate();
  } catch (error) {
    throw new Error(`expression ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

/** Replaces each `${{ … }}` of a text; a text that is one expression alone keeps its value's type. */
export function interpolate(text: string, contexts: Contexts, went: Went = "success"): Value {
  const alone = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(text)?.[1];
  if (alone !== undefined) return evaluate(alone, contexts, went);
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, inner: string) => evaluated(inner, contexts, went).coerceString());
}

/** A condition: an `if:` with or without `${{ }}`; without a status function it implies success(). */
export function condition(text: string | undefined, contexts: Contexts, went: Went): boolean {
  if (text === undefined) return went === "success";
  const inner = text.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const asks = /\b(always|success|failure|cancelled)\(\)/.test(inner);
  return (asks || went === "success") && truthy(evaluated(inner, contexts, went));
}

/** What a value becomes in a text. */
export function asText(value: Value): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function plain(value: data.ExpressionData): Value {
  return JSON.parse(JSON.stringify(value, replacer)) as Value;
}
