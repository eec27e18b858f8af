/** One entry below nodes/, or the sources file, as it stands in the repository: nothing followed, nothing interpreted. */
export type WorkspaceFile = {
  /** From the repository's root, with forward slashes and no trailing one: `nodes/noos/node.yaml`. */
  path: string;
  kind: "file" | "symlink" | "directory" | "other";
  /** The content of a file; absent where it is larger than MAX_READ_BYTES, or cannot be read. */
  bytes?: Uint8Array;
  /** Why a file or a folder cannot be read: `no permission to read it`. */
  unreadable?: string;
  /** What an entry is that is neither file, folder nor link: `a named pipe`. */
  what?: string;
  /** Where a symlink points, as written in it. */
  target?: string;
  /** Permission bits, e.g. 0o755. */
  mode?: number;
};

/** Everything that `check` looks at. */
export type Workspace = readonly WorkspaceFile[];

/** Larger files are listed without their content: no rule reads that much. */
export const MAX_READ_BYTES = 16 * 1024 * 1024;

/** Path of the repository's file that lists every outside thing; a caller may have given another one. */
export const SOURCES_FILE = "sources.yaml";

/** Whether a path of a workspace is that of the file that lists every outside thing, whatever it is called. */
export function isSources(path: string): boolean {
  return path !== "nodes" && !path.startsWith("nodes/");
}

/** The entries of each folder directly below nodes/, by the folder's name, in order. */
export function nodeFolders(workspace: Workspace): Map<string, WorkspaceFile[]> {
  const folders = new Map<string, WorkspaceFile[]>();
  const sorted = [...workspace].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const file of sorted) {
    const [top, name, ...rest] = file.path.split("/");
    if (top !== "nodes" || name === undefined || name === "") continue;
    if (rest.length === 0 && file.kind !== "directory") continue;
    const entries = folders.get(name) ?? [];
    if (rest.length > 0) entries.push(file);
    folders.set(name, entries);
  }
  return folders;
}

/** Files that lie directly in nodes/, where only folders belong. */
export function strayFiles(workspace: Workspace): WorkspaceFile[] {
  return workspace.filter((file) => /^nodes\/[^/]+$/.test(file.path) && file.kind !== "directory");
}
