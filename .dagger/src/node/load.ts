import { type CheckResult, checkWorkspace } from "../check/check.js";
import { textReport } from "../check/report.js";
import { nodeFolders, SOURCES_FILE, type Workspace } from "../check/workspace.js";
import { HegemonikonError } from "../errors.js";
import type { Sources } from "../sources/sources.js";
import { suggestion } from "../yaml/nearest.js";
import type { Node } from "./node.js";

/** A node that may be built, and the sources it is built from. */
export type LoadedNode = { node: Node; sources: Sources };

/**
 * The node of a name with its sources. An error where there is no such node (with the nearest name), or where its
 * folder or sources.yaml has errors (with all of them). Mistakes in other nodes do not stand in its way.
 */
export function loadNode(
  workspace: Workspace,
  name: string,
  result: CheckResult = checkWorkspace(workspace),
): LoadedNode {
  const folders = nodeFolders(workspace);
  if (!folders.has(name)) {
    const expected = suggestion(name, [...folders.keys()]) ?? "a folder in nodes/, and there is none";
    throw new HegemonikonError(`there is no node ${JSON.stringify(name)}; expected ${expected}`);
  }
  const errors = result.problems.filter(
    ({ file, severity }) =>
      severity === "error" && (file === SOURCES_FILE || file === `nodes/${name}` || file.startsWith(`nodes/${name}/`)),
  );
  const node = result.nodes.get(name);
  if (errors.length > 0 || !node || !result.sources) {
    throw new HegemonikonError(`the node ${name} has mistakes:\n\n${textReport(errors, workspace).trimEnd()}`);
  }
  return { node, sources: result.sources };
}

/** The node of a name, or an error as loadNode says. */
export function requireNode(workspace: Workspace, name: string): Node {
  return loadNode(workspace, name).node;
}
