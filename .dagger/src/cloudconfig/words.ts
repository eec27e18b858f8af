import { isMap, isSeq } from "yaml";
import type { Problem } from "../errors.js";
import type { YamlPath } from "../yaml/parse.js";
import { goScalar } from "./scalar.js";
import type { Shape } from "./shape.js";
import type { View } from "./view.js";

/** What a problem says; the file and the place come from where it was found. */
export type Finding = Pick<Problem, "rule" | "message"> &
  Partial<Pick<Problem, "severity" | "found" | "expected" | "reason">>;

/** What a rule finds, and where: at a value, or at the key that leads to it. */
export type Found = { readonly view: View; readonly finding: Finding; readonly on?: "key" };

/** `stages.boot[0].files[1].path`. */
export function named(path: YamlPath): string {
  let out = "";
  for (const step of path) {
    if (typeof step === "number") out += `[${step}]`;
    else out += out === "" ? step.slice(0, 80) : `.${step.slice(0, 80)}`;
  }
  return out;
}

/** What a shape asks for. */
export function kindName(shape: Shape): string {
  switch (shape.kind) {
    case "text":
      return "a text";
    case "flag":
      return "true or false";
    case "whole":
      return "a whole number";
    case "mode":
      return shape.as === "number" ? "an octal number without quotes, e.g. 0644" : 'octal digits, e.g. "0644"';
    case "list":
      return `a list (${shape.about})`;
    case "table":
    case "record":
      return `a mapping (${shape.about})`;
    case "any":
      return "a value";
  }
}

const KINDS = {
  null: "nothing",
  bool: "a flag",
  int: "a number",
  float: "a number",
  timestamp: "a date",
  str: "a text",
} as const;

/** What stands there. */
export function shown(node: unknown): string {
  if (isSeq(node)) return "a list";
  if (isMap(node)) return "a mapping";
  const scalar = goScalar(node);
  if (!scalar) return "something else";
  return `${KINDS[scalar.tag]}, ${scalar.plain ? scalar.text.slice(0, 60) : quote(scalar.text)}`;
}

/** A text in quotes, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
