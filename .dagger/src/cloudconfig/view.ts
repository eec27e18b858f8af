import { isMap, isScalar, isSeq } from "yaml";
import type { ParsedYaml, YamlPath } from "../yaml/parse.js";
import { goScalar } from "./scalar.js";

/** A node of a YAML file with the path that leads to it. Reading what is not there gives nothing. */
export type View = {
  readonly node: unknown;
  readonly path: YamlPath;
  /** The key's own node, for an entry of a mapping. */
  readonly key?: unknown;
  readonly parent?: View;
};

/** All of a file; nothing where it could not be read without guessing. */
export function rootOf({ value, doc }: ParsedYaml): View {
  return { node: value === undefined ? undefined : doc?.contents, path: [] };
}

/** The entries of a mapping; none where it is something else. */
export function entries(view: View): [string, View][] {
  if (!isMap(view.node)) return [];
  return view.node.items.map((pair) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    return [key, { node: pair.value, path: [...view.path, key], key: pair.key, parent: view }];
  });
}

/** The entries of a list; none where it is something else. */
export function items(view: View): View[] {
  if (!isSeq(view.node)) return [];
  return view.node.items.map((item, index) => ({ node: item, path: [...view.path, index], parent: view }));
}

/** What a chain of keys leads to. */
export function at(view: View, ...keys: string[]): View {
  let here = view;
  for (const key of keys) {
    const next = entries(here).findLast(([name]) => name === key)?.[1];
    here = next ?? { node: undefined, path: [...here.path, key], parent: here };
  }
  return here;
}

/** Whether there is a value. */
export function exists({ node }: View): boolean {
  return node !== undefined && goScalar(node)?.tag !== "null";
}

/** A scalar as upstream reads it into a text; undefined where there is none. */
export function textOf({ node }: View): string | undefined {
  const scalar = goScalar(node);
  return scalar && scalar.tag !== "null" ? scalar.text : undefined;
}

/** Whether a flag is set, in any of the spellings that upstream takes. */
export function isSet(view: View): boolean {
  return /^(true|True|TRUE|y|Y|yes|Yes|YES|on|On|ON)$/.test(textOf(view) ?? "");
}

/** A number; undefined where there is none. */
export function numberOf({ node }: View): number | undefined {
  return goScalar(node)?.number;
}

/** Every step of every stage. */
export function steps(root: View): { stage: string; step: View }[] {
  return entries(at(root, "stages")).flatMap(([stage, list]) => items(list).map((step) => ({ stage, step })));
}
