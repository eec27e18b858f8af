import { isMap, isSeq } from "yaml";
import { nearest, suggestion } from "../yaml/nearest.js";
import type { YamlPath } from "../yaml/parse.js";
import { leafFinding } from "./leaf.js";
import { goScalar } from "./scalar.js";
import type { RecordShape, Shape, TableShape } from "./shape.js";
import { entries, items, type View } from "./view.js";
import { type Finding, type Found, kindName, named, shown } from "./words.js";

/** Compares a file with what upstream accepts: every difference, and where it is. */
export function compare(root: View, shape: RecordShape): Found[] {
  const found: Found[] = [];
  walk(root, shape, undefined, found);
  return found;
}

/** `above` is what a value that upstream cannot decode does at this place. */
function walk(view: View, shape: Shape, above: string | undefined, found: Found[]): void {
  const { node, path } = view;
  const harm = shape.breaks ?? above;
  if (shape.kind === "any") return;
  const scalar = goScalar(node);
  if (scalar?.tag === "null") {
    found.push({ view, finding: emptyFinding(shape, path) });
  } else if (shape.kind === "list" && isSeq(node)) {
    for (const item of items(view)) walk(item, shape.of, harm, found);
  } else if (shape.kind === "table" && isMap(node)) {
    for (const [key, entry] of entries(view)) {
      const finding = nameFinding(key, entry.path, shape);
      if (finding) found.push({ view: entry, finding, on: "key" });
      if (finding?.severity !== "error") walk(entry, shape.of, harm, found);
    }
  } else if (shape.kind === "record" && isMap(node)) {
    const fields = entries(view);
    for (const [key, entry] of fields) {
      const field = own(shape.fields, key) ?? (shape.dotted ? dottedField(shape, key) : undefined);
      const finding = keyFinding(key, entry.path, shape, field !== undefined);
      if (finding) found.push({ view: entry, finding, on: "key" });
      if (field) walk(entry, field, harm, found);
    }
    for (const finding of missing(new Set(fields.map(([key]) => key)), shape, path)) found.push({ view, finding });
  } else if (scalar && shape.kind !== "list" && shape.kind !== "table" && shape.kind !== "record") {
    const finding = leafFinding(scalar, shape, path, harm);
    if (finding) found.push({ view, finding: finding === "type" ? typeFinding(node, shape, path, harm) : finding });
  } else {
    found.push({ view, finding: typeFinding(node, shape, path, harm) });
  }
}

/** A name that people choose may still be none of those that there are, or a near miss of one that means something. */
function nameFinding(key: string, at: YamlPath, shape: TableShape): Finding | undefined {
  if (shape.keys && !shape.keys.includes(key)) return { severity: "error", ...unknownFinding(key, at, shape.keys) };
  const near = shape.usual && !shape.usual.includes(key) ? nearest(key, shape.usual) : undefined;
  if (!near) return undefined;
  return {
    rule: "cloud-config/unknown-key",
    severity: "warning",
    message: `${named(at)} is not one of the names that mean something here`,
    found: JSON.stringify(key.slice(0, 80)),
    expected: `${JSON.stringify(near)}?`,
  };
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

/** A longer list of known keys helps nobody. */
const MANY = 15;

function unknownFinding(key: string, at: YamlPath, known: readonly string[]): Finding {
  return {
    rule: "cloud-config/unknown-key",
    message: `${named(at)} is not a known key`,
    found: JSON.stringify(key.slice(0, 80)),
    expected:
      nearest(key, known) === undefined && known.length > MANY
        ? `one of ${known.length} others: docs/cloud-config.md says where they come from`
        : (suggestion(key, known) ?? "no such key"),
    reason: known.some((name) => name.toLowerCase() === key.toLowerCase())
      ? "upstream reads a key by its exact case and ignores any other one"
      : "upstream ignores a key that it does not know",
  };
}

function* missing(present: ReadonlySet<string>, shape: RecordShape, path: YamlPath): Generator<Finding> {
  for (const key of shape.required ?? []) {
    if (present.has(key)) continue;
    yield {
      rule: "cloud-config/required",
      message: `${named(path) || "The file"} has no ${key}`,
      found: `the keys ${[...present].slice(0, 8).join(", ") || "(none)"}`,
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
