import { suggestion } from "../yaml/nearest.js";
import type { YamlPath } from "../yaml/parse.js";
import { modeProblem } from "./mode.js";
import { type GoScalar, LOOSE_FLAG } from "./scalar.js";
import type { FlagShape, ModeShape, TextShape, WholeShape } from "./shape.js";
import { type Finding, kindName, named, quote } from "./words.js";

type LeafShape = TextShape | FlagShape | WholeShape | ModeShape;

/** What is wrong with a scalar, or "type" where it is of another type than asked for. */
export function leafFinding(
  scalar: GoScalar,
  shape: LeafShape,
  path: YamlPath,
  harm: string | undefined,
): Finding | "type" | undefined {
  switch (shape.kind) {
    case "text":
      return quotesNeeded(scalar, shape, path) ?? textFinding(scalar.text, shape, named(path));
    case "flag":
      return flag(scalar, shape, named(path));
    case "whole":
      return whole(scalar, shape, named(path), harm);
    case "mode": {
      const problem = modeProblem(scalar, shape.as, path.includes("directories"), harm);
      return problem && { message: `${named(path)}: ${problem.what}`, ...problem.rest };
    }
  }
}

/** Blocks that kairos-agent reads with viper, which knows dates and makes no text of them. */
const VIPER = ["install", "upgrade", "reset"];

function quotesNeeded({ tag, text }: GoScalar, shape: TextShape, path: YamlPath): Finding | undefined {
  const date = tag === "timestamp" && VIPER.includes(String(path[0]));
  if (!date && !(shape.exact && tag !== "str")) return undefined;
  return {
    rule: "cloud-config/type",
    message: `${named(path)} has the wrong type`,
    found: date ? `a date, ${text}` : text.slice(0, 60),
    expected: `${JSON.stringify(text.slice(0, 60))}, in quotes, if that is what is meant`,
    reason: "kairos-agent refuses the whole block",
  };
}

/** What is wrong with a text; `name` says where it stands. */
export function textFinding(value: string, shape: TextShape, name: string): Finding | undefined {
  if (shape.template && value.includes("{{")) return undefined;
  const severity = shape.severity ?? "error";
  if (shape.values && !shape.values.includes(value)) {
    return {
      rule: "cloud-config/value",
      severity,
      message: `${name} is not one of the known values`,
      found: quote(value),
      expected: suggestion(value, shape.values) ?? shape.values.join(", "),
    };
  }
  if (shape.pattern && !shape.pattern.test(value)) {
    return {
      rule: shape.rule ?? "cloud-config/value",
      severity,
      message: `${name} has the wrong form`,
      found: quote(value),
      expected: shape.form ?? String(shape.pattern),
    };
  }
  const construct = shape.regexp ? /\(\?(?:[=!]|<[=!])|\\[1-9]/.exec(value)?.[0] : undefined;
  if (!construct) return undefined;
  return {
    rule: "cloud-config/regexp",
    message: `${name} is no regular expression of Go`,
    found: construct,
    expected: "an expression without look-around and back-references",
    reason: "Go's regexp package cannot compile it, and yip then skips the step wherever it runs",
  };
}

function flag(scalar: GoScalar, shape: FlagShape, name: string): Finding | "type" | undefined {
  if (scalar.tag === "bool") return undefined;
  if (!shape.loose || scalar.tag !== "str" || !LOOSE_FLAG.test(scalar.text)) return "type";
  return {
    rule: "cloud-config/yaml-1.1",
    severity: "warning",
    message: `${name} is a flag in the spelling of YAML 1.1`,
    found: scalar.text,
    expected: /^(y|yes|on)$/i.test(scalar.text) ? "true" : "false",
    reason: "yip takes it; the agent's own check and every YAML 1.2 reader see a text",
  };
}

function whole(
  { number, text }: GoScalar,
  shape: WholeShape,
  name: string,
  harm: string | undefined,
): Finding | "type" | undefined {
  if (number === undefined) return "type";
  const low = shape.min !== undefined && number < shape.min;
  const high = Math.abs(number) > Number.MAX_SAFE_INTEGER;
  if (Number.isInteger(number) && !low && !high) return undefined;
  return {
    rule: "cloud-config/value",
    message: `${name} has the wrong value`,
    found: text.slice(0, 60),
    expected: shape.min === undefined ? kindName(shape) : `a whole number from ${shape.min}`,
    reason: low || high ? (harm ?? "upstream cannot decode it") : "upstream cuts the fraction off",
  };
}
