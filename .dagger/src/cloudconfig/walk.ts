import { isMap, isScalar, isSeq, type Pair } from "yaml";
import type { Problem } from "../errors.js";
import { nearest, suggestion } from "../yaml/nearest.js";
import type { ParsedYaml, YamlPath } from "../yaml/parse.js";
import { leafFinding } from "./leaf.js";
import { goScalar } from "./scalar.js";
import type { RecordShape, Shape, TableShape } from "./shape.js";
import { type Finding, kindName, named, shown } from "./words.js";

/** Compares a file with what upstream accepts. Every difference is a problem with a place. */
export function compare(yaml: ParsedYaml, shape: RecordShape): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, finding, on = "value") => {
    const span = on === "key" ? yaml.keySpan(path) : yaml.span(path);
    problems.push({ file: yaml.file, severity: "error", ...(span ? { span } : {}), ...finding });
  };
  walk(yaml.doc?.contents, shape, [], undefined, report);
  return problems;
}

type Report = (path: YamlPath, finding: Finding, on?: "key" | "value") => void;

/** `harm` is what a value that upstream cannot decode does at this place. */
function walk(node: unknown, shape: Shape, path: YamlPath, above: string | undefined, report: Report): void {
  const harm = shape.breaks ?? above;
  if (shape.kind === "any") return;
  const scalar = goScalar(node);
  if (scalar?.tag === "null") {
    report(path, emptyFinding(shape, path));
  } else if (shape.kind === "list" && isSeq(node)) {
    for (const [index, item] of node.items.entries()) walk(item, shape.of, [...path, index], harm, report);
  } else if (shape.kind === "table" && isMap(node)) {
    for (const pair of node.items) entry(keyOf(pair), pair.value, shape, path, harm, report);
  } else if (shape.kind === "record" && isMap(node)) {
    for (const pair of node.items) {
      const key = keyOf(pair);
      const at = [...path, key];
      const field = own(shape.fields, key) ?? (shape.dotted ? dottedField(shape, key) : undefined);
      const finding = keyFinding(key, at, shape, field !== undefined);
      if (finding) report(at, finding, "key");
      if (field) walk(pair.value, field, at, harm, report);
    }
    for (const finding of missing(node.items.map(keyOf), shape, path)) report(path, finding);
  } else if (scalar && shape.kind !== "list" && shape.kind !== "table" && shape.kind !== "record") {
    const finding = leafFinding(scalar, shape, path, harm);
    if (finding) report(path, finding === "type" ? typeFinding(node, shape, path, harm) : finding);
  } else {
    report(path, typeFinding(node, shape, path, harm));
  }
}

function entry(
  key: string,
  value: unknown,
  shape: TableShape,
  path: YamlPath,
  harm: string | undefined,
  report: Report,
): void {
  const at = [...path, key];
  if (shape.keys && !shape.keys.includes(key)) {
    report(at, unknownFinding(key, at, shape.keys), "key");
    return;
  }
  const near = shape.usual && !shape.usual.includes(key) ? nearest(key, shape.usual) : undefined;
  if (near) {
    const finding: Finding = {
      rule: "cloud-config/unknown-key",
      severity: "warning",
      message: `${named(at)} is not one of the names that mean something here`,
      found: JSON.stringify(key.slice(0, 80)),
      expected: `${JSON.stringify(near)}?`,
    };
    report(at, finding, "key");
  }
  walk(value, shape.of, at, harm, report);
}

function keyFinding(key: string, at: YamlPath, shape: RecordShape, known: boolean): Finding | undefined {
  if (known) {
    const newer = own(shape.deprecated, key);
    return newer
      ? {
          rule: "cloud-config/deprecated",
          severity: "warning",
          message: `${named(at)} is deprecated`,
          found: key,
          expected: newer,
        }
      : undefined;
  }
  const ignored = own(shape.ignored, key);
  if (ignored) {
    return {
      rule: "cloud-config/ignored",
      severity: "warning",
      message: `${named(at)} has no effect`,
      found: key,
      expected: "no such key",
      reason: ignored,
    };
  }
  const misnamed = own(shape.misnamed, key);
  if (!misnamed) return unknownFinding(key, at, Object.keys(shape.fields));
  return {
    rule: "cloud-config/unknown-key",
    message: `${named(at)} is not a known key`,
    found: JSON.stringify(key),
    expected: misnamed.use,
    reason: misnamed.reason,
  };
}

function unknownFinding(key: string, at: YamlPath, known: readonly string[]): Finding {
  return {
    rule: "cloud-config/unknown-key",
    message: `${named(at)} is not a known key`,
    found: JSON.stringify(key.slice(0, 80)),
    expected: suggestion(key, known) ?? "no such key",
    reason: known.some((name) => name.toLowerCase() === key.toLowerCase())
      ? "upstream reads a key by its exact case and ignores any other one"
      : "upstream ignores a key that it does not know",
  };
}

function* missing(present: readonly string[], shape: RecordShape, path: YamlPath): Generator<Finding> {
  for (const key of shape.required ?? []) {
    if (present.includes(key)) continue;
    yield {
      rule: "cloud-config/required",
      message: `${named(path) || "The file"} has no ${key}`,
      found: `the keys ${present.slice(0, 8).join(", ") || "(none)"}`,
      expected: `the key ${key}: ${shape.fields[key]?.about ?? ""}`,
    };
  }
}

function typeFinding(node: unknown, shape: Shape, path: YamlPath, harm: string | undefined): Finding {
  const users = path.at(-1) !== "users" ? "" : shape.kind === "table" ? ": users by name" : ": each with its name";
  return {
    rule: "cloud-config/type",
    message: `${named(path) || "The file"} has the wrong type`,
    found: shown(node),
    expected: `${kindName(shape)}${users}`,
    ...(harm ? { reason: harm } : {}),
  };
}

function emptyFinding(shape: Shape, path: YamlPath): Finding {
  const inList = typeof path.at(-1) === "number";
  return {
    rule: "cloud-config/empty",
    severity: "warning",
    message: `${named(path) || "The file"} is empty`,
    found: "nothing",
    expected: `${kindName(shape)}, or no such ${inList ? "entry" : "key"}`,
    reason: inList ? "an empty entry is left out of the list" : "an empty value counts as none at all",
  };
}

/** The shape that a dotted key leads to, as viper reads `partitions.oem.size: 60`. */
function dottedField(shape: RecordShape, key: string): Shape | undefined {
  if (!key.includes(".")) return undefined;
  let at: Shape | undefined = shape;
  for (const step of key.split(".")) at = at?.kind === "record" ? own(at.fields, step) : undefined;
  return at;
}

/** A key like "constructor" is not one of ours. */
function own<T>(of: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return of && Object.hasOwn(of, key) ? of[key] : undefined;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
