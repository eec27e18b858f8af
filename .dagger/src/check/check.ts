import { checkParsedCloudConfig } from "../cloudconfig/check.js";
import type { Problem } from "../errors.js";
import type { Node } from "../node/node.js";
import { parseNode } from "../node/parse.js";
import { readableParts } from "../node/readable-parts.js";
import { applyRule, type NodeContext } from "../node/rules/rule.js";
import { RULES } from "../node/rules.js";
import { NEEDED_SOURCES } from "../sources/needed.js";
import { parseSources } from "../sources/parse.js";
import { pinProblems } from "../sources/pin-policy.js";
import type { Sources } from "../sources/sources.js";
import { parseYaml } from "../yaml/parse.js";
import { folderProblems } from "./folder.js";
import { fixedHostnames, type Hostname, hostnameProblems } from "./hostnames.js";
import { installBlockProblems } from "./install-block.js";
import { findSecrets } from "./secrets.js";
import { byPlace } from "./sort.js";
import { isSources, nodeFolders, SOURCES_FILE, strayFiles, type Workspace, type WorkspaceFile } from "./workspace.js";

/** What `check` knows after reading everything. */
export type CheckResult = {
  /** Every mistake, by file and place. */
  problems: Problem[];
  /** Every node without an error in its folder, by name. */
  nodes: Map<string, Node>;
  /** The folders in nodes/ that are not among the nodes, because something in them is wrong. */
  broken: string[];
  /** Absent where sources.yaml is not valid. */
  sources?: Sources;
};

/**
 * Finds every mistake in nodes/ and sources.yaml. Pure: no network, no file system; never throws, whatever the bytes.
 * A node with an error anywhere in its folder is not among the nodes.
 */
export function checkWorkspace(workspace: Workspace): CheckResult {
  const problems: Problem[] = [];
  const sources = checkSources(workspace, problems);
  const nodes = new Map<string, Node>();
  const hostnames: Hostname[] = [];
  const closed = new Map(
    workspace.flatMap(({ path, unreadable }) => (unreadable ? [[path, unreadable] as const] : [])),
  );
  for (const [path, reason] of closed) {
    if (!isSources(path)) problems.push(unreadableProblem(path, "node/readable", reason));
  }
  for (const [folder, files] of nodeFolders(workspace)) {
    // What is in it nobody knows: not that it lacks anything.
    if (closed.has(`nodes/${folder}`)) continue;
    const { node, found, names } = checkFolder(folder, files, sources);
    problems.push(...found);
    hostnames.push(...names);
    if (node) nodes.set(folder, node);
  }
  problems.push(...hostnameProblems(hostnames));
  for (const file of strayFiles(workspace)) {
    problems.push({
      file: file.path,
      rule: "node/stray-file",
      severity: "warning",
      message: "Nothing reads this file",
      found: file.kind === "symlink" ? "a symbolic link" : (file.what ?? "a file"),
      expected: "only folders directly in nodes/",
    });
  }
  if (nodeFolders(workspace).size === 0 && !closed.has("nodes")) {
    problems.push({
      file: "nodes",
      rule: "node/none",
      severity: "error",
      message: "There is no node",
      found: "no folder in nodes/",
      expected: "at least one, as docs/nodes.md says",
    });
  }
  for (const folder of nodes.keys()) {
    const failed = problems.some(
      (problem) => problem.severity === "error" && problem.file.startsWith(`nodes/${folder}/`),
    );
    if (failed) nodes.delete(folder);
  }
  const broken = [...nodeFolders(workspace).keys()].filter((folder) => !nodes.has(folder));
  return { problems: problems.sort(byPlace), nodes, broken, ...(sources ? { sources } : {}) };
}

function unreadableProblem(file: string, rule: string, found: string): Problem {
  const expected = "a file or folder that whoever runs this may read";
  return { file, rule, severity: "error", message: "It cannot be read", found, expected };
}

function checkSources(workspace: Workspace, problems: Problem[]): Sources | undefined {
  const file = workspace.find(({ path }) => isSources(path));
  if (file?.unreadable) {
    problems.push(unreadableProblem(file.path, "sources/readable", file.unreadable));
    return undefined;
  }
  if (file?.kind !== "file" || !file.bytes) {
    problems.push({
      file: file?.path ?? SOURCES_FILE,
      rule: "sources/missing",
      severity: "error",
      message: `There is no ${SOURCES_FILE}`,
      found: file ? (file.what ?? `a ${file.kind}`) : "nothing",
      expected: "the file that pins every outside thing",
    });
    return undefined;
  }
  const { yaml, sources, problems: found } = parseSources(file.path, file.bytes);
  problems.push(...found, ...findSecrets(file));
  if (!sources) return undefined;
  problems.push(...pinProblems(sources, "build", yaml));
  for (const name of NEEDED_SOURCES) {
    if (Object.hasOwn(sources.sources, name) && sources.sources[name]?.kind === "image") continue;
    const span = yaml.keySpan(["sources"]);
    problems.push({
      file: file.path,
      ...(span ? { span } : {}),
      rule: "sources/needed",
      severity: "error",
      message: `There is no ${name}`,
      found: "no image of this name",
      expected: `${name}: of kind image`,
      reason: "every build uses it",
    });
  }
  return sources;
}

type FolderResult = { node?: Node | undefined; found: Problem[]; names: Hostname[] };

function checkFolder(folder: string, files: readonly WorkspaceFile[], sources: Sources | undefined): FolderResult {
  const found = [...folderProblems(folder, files), ...files.flatMap(findSecrets)];
  const read = (name: string) =>
    files.find((file) => file.path === `nodes/${folder}/${name}` && file.kind === "file")?.bytes;

  const cloudBytes = read("cloud-config.yaml");
  const parsed = cloudBytes && parseYaml(`nodes/${folder}/cloud-config.yaml`, cloudBytes);
  if (parsed) found.push(...checkParsedCloudConfig(parsed));
  const cloud = parsed?.value === undefined ? undefined : parsed;
  const names = cloud ? fixedHostnames(folder, cloud) : [];
  const nodeBytes = read("node.yaml");
  if (!nodeBytes) return { found, names };
  const { yaml, node, problems } = parseNode(`nodes/${folder}/node.yaml`, nodeBytes);
  found.push(...problems, ...installBlockProblems(yaml));
  const context: NodeContext = {
    folder,
    node: readableParts(yaml.value),
    yaml,
    ...(cloud ? { cloud } : {}),
    files,
    ...(sources ? { sources } : {}),
  };
  for (const rule of RULES) found.push(...applyRule(rule, context));
  return { node, found, names };
}
