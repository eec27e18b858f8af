import { isSources, type Workspace } from "../check/workspace.js";
import { HegemonikonError, type Problem } from "../errors.js";
import type { Node } from "../node/node.js";
import type { Sources } from "../sources/sources.js";
import { problemLines } from "./problem-lines.js";
import type { RoleInput } from "./role.js";

/** What a check of the workspace found. */
export type CheckedWorkspace = {
  problems: readonly Problem[];
  nodes: ReadonlyMap<string, Node>;
  sources?: Sources | undefined;
};

/** Every error that forbids a build of a node: those in its folder, and those in sources.yaml, as an error shows them. */
export function errorsOf({ problems }: Pick<CheckedWorkspace, "problems">, name: string): string[] {
  const mine = problems.filter(
    ({ file, severity }) => severity === "error" && (file.startsWith(`nodes/${name}/`) || isSources(file)),
  );
  return problemLines(mine);
}

/**
 * The texts a node's recipe is made of. Throws a HegemonikonError that lists every error in the node's folder and in
 * sources.yaml, or the nodes that there are: nothing is built from a folder that `check` refuses.
 */
export function nodeInput(workspace: Workspace, checked: CheckedWorkspace, name: string): RoleInput {
  const folder = `nodes/${name}/`;
  const mine = errorsOf(checked, name);
  if (mine.length > 0) {
    throw new HegemonikonError([`${name} cannot be built until this is right:`, ...mine].join("\n"));
  }
  const node = checked.nodes.get(name);
  if (!node || !checked.sources) {
    const known = [...checked.nodes.keys()].sort().join(", ") || "none";
    throw new HegemonikonError(`--node: found ${JSON.stringify(name)}, expected one of: ${known}`);
  }
  const textOf = (path: string) => {
    const file = workspace.find((entry) => entry.path === path && entry.kind === "file");
    return file?.bytes && new TextDecoder().decode(file.bytes);
  };
  const cloudConfig = textOf(`${folder}cloud-config.yaml`) ?? "#cloud-config\n";
  const unitTexts = new Map<string, string>();
  for (const { source } of node.units) {
    const text = source && textOf(`${folder}${source}`);
    if (source && text !== undefined) unitTexts.set(source, text);
  }
  return { node, sources: checked.sources, cloudConfig, unitTexts };
}
