import type { WorkspaceFile } from "../../check/workspace.js";
import type { Problem, Severity, Span } from "../../errors.js";
import type { Sources } from "../../sources/sources.js";
import type { ParsedYaml } from "../../yaml/parse.js";
import type { NodeParts } from "../readable-parts.js";

/** Everything about one node that a rule may look at. What could not be read is absent, never guessed. */
export type NodeContext = {
  /** The folder's name: `noos`. */
  folder: string;
  /** The valid parts of node.yaml. */
  node: NodeParts;
  /** node.yaml with its positions. */
  yaml: ParsedYaml;
  /** cloud-config.yaml with its positions, where it can be read. */
  cloud?: ParsedYaml | undefined;
  /** The folder's entries, paths from the repository's root. */
  files: readonly WorkspaceFile[];
  /** sources.yaml, where it is valid. */
  sources?: Sources | undefined;
};

/** What a rule found; the rule adds its id, its severity and its reason. */
export type Finding = {
  /** Absent: the node's node.yaml. */
  file?: string;
  span?: Span | undefined;
  message: string;
  found?: string;
  expected?: string;
};

/** A rule that needs more than a schema: pure, and with a reason that can be looked up. */
export type Rule = {
  id: string;
  severity: Severity;
  /** Why the rule exists, with the address of an issue or document where there is one. */
  reason: string;
  find(context: NodeContext): Finding[];
};

/** The problems that one rule finds in one node. */
export function applyRule(rule: Rule, context: NodeContext): Problem[] {
  return rule.find(context).map(({ file, span, ...rest }) => ({
    file: file ?? context.yaml.file,
    ...(span ? { span } : {}),
    rule: rule.id,
    severity: rule.severity,
    ...rest,
    reason: rule.reason,
  }));
}

/** Index and entry of a list whose invalid entries are holes. */
export function entries<T>(list: readonly T[] | undefined): [number, T][] {
  const pairs: [number, T][] = [];
  list?.forEach((entry, index) => {
    pairs.push([index, entry]);
  });
  return pairs;
}

/** True where a path is a folder or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
