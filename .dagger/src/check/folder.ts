import type { Problem } from "../errors.js";
import { NodeName } from "../node/node.js";
import { nearest } from "../yaml/nearest.js";
import { MAX_READ_BYTES, type WorkspaceFile } from "./workspace.js";

/** What a node's folder may hold directly. */
const KNOWN = ["node.yaml", "cloud-config.yaml", "README.md", "files"];

/** What is wrong with a node's folder itself: links, missing, misnamed and stray files. */
export function folderProblems(folder: string, files: readonly WorkspaceFile[]): Problem[] {
  const root = `nodes/${folder}`;
  const problems: Problem[] = [];
  const name = NodeName.safeParse(folder);
  if (!name.success) {
    problems.push({
      file: root,
      rule: "node/folder-name",
      severity: "error",
      message: "The folder's name cannot be a node's name",
      found: JSON.stringify(folder),
      expected: name.error.issues[0]?.message,
      reason: "it becomes part of image tags, file names and host names",
    });
  }
  for (const file of files) {
    if (file.kind === "symlink") problems.push(symlinkProblem(root, file));
    else if (file.kind === "other") problems.push(otherProblem(file));
    else if (file.kind === "file" && !file.bytes && !file.unreadable) problems.push(largeProblem(file));
  }
  const direct = new Map(
    files
      .filter((file) => !file.path.slice(root.length + 1).includes("/"))
      .map((file) => [file.path.slice(root.length + 1), file]),
  );
  for (const [name, { kind }] of direct) {
    if (KNOWN.includes(name) || kind === "other") continue;
    const near = nearest(
      name,
      KNOWN.filter((known) => !direct.has(known)),
    );
    problems.push({
      file: `${root}/${name}`,
      rule: "node/stray-file",
      severity: near ? "error" : "warning",
      message: near ? "The file's name looks mistyped" : "Nothing reads this file",
      found: name,
      expected: near ?? `a file below ${root}/files that node.yaml names, or no such file`,
    });
  }
  for (const name of ["node.yaml", "cloud-config.yaml", "README.md"]) {
    const file = direct.get(name);
    // What is no file has a problem of its own.
    if (file && file.kind !== "directory") continue;
    problems.push({
      file: `${root}/${name}`,
      rule: "node/missing-file",
      severity: name === "README.md" ? "warning" : "error",
      message: `The node ${folder} has no ${name}`,
      found: file ? "a folder" : "nothing",
      expected: "a file",
      reason: "docs/nodes.md says what each file of a node is for",
    });
  }
  return problems;
}

function symlinkProblem(root: string, file: WorkspaceFile): Problem {
  const target = file.target ?? "";
  const leaves = target.startsWith("/") || !resolve(file.path, target).startsWith(`${root}/`);
  return {
    file: file.path,
    rule: "node/no-symlinks",
    severity: "error",
    message: leaves ? "A symbolic link leads out of the node's folder" : "A node's folder may hold no symbolic link",
    found: `a link to ${JSON.stringify(target.slice(0, 80))}`,
    expected: "a file of its own",
    reason: leaves
      ? "the build sees this folder only; on another machine the link leads elsewhere or nowhere"
      : "git on Windows, tar and the build each treat links in their own way",
  };
}

/** Where a relative link leads, without asking a file system. */
function resolve(from: string, target: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const step of target.split("/")) {
    if (step === "..") parts.pop();
    else if (step !== "." && step !== "") parts.push(step);
  }
  return parts.join("/");
}

function otherProblem(file: WorkspaceFile): Problem {
  return {
    file: file.path,
    rule: "node/plain-files",
    severity: "error",
    message: "It is neither a file nor a folder",
    found: file.what ?? "something else",
    expected: "a file with the content, or nothing",
    reason: "git does not keep it, and reading it may wait for ever",
  };
}

function largeProblem(file: WorkspaceFile): Problem {
  return {
    file: file.path,
    rule: "node/large-file",
    severity: "error",
    message: "The file is too large for a repository",
    found: `more than ${MAX_READ_BYTES / 1024 / 1024} MiB`,
    expected: "a download in sources.yaml, which binaries: or models: of node.yaml names",
  };
}
