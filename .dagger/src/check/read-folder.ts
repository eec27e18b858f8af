import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { isSources, MAX_READ_BYTES, SOURCES_FILE, type Workspace, type WorkspaceFile } from "./workspace.js";

/** What operating systems and interpreters leave behind; git ignores it, and no image gets it. */
const LEFTOVERS = new Set([".DS_Store", "Thumbs.db", "__pycache__", ".git"]);

/**
 * Reads a nodes folder and a sources.yaml from a file system into a workspace. Links are noted, never followed; a
 * missing folder or file is simply absent, and the check says so.
 * @param called what problems call the sources file: as the caller does
 */
export function readWorkspace(nodesFolder: string, sourcesFile: string, called = SOURCES_FILE): Workspace {
  const files: WorkspaceFile[] = [];
  const sources = readGiven(sourcesFile, isSources(called) ? called : `./${called}`);
  if (sources) files.push(sources);
  const root = readGiven(nodesFolder, "nodes");
  if (root?.kind === "directory") readInto(files, nodesFolder, root);
  if (root?.unreadable) files.push(root);
  return files;
}

/** An entry that a caller named: the folders above it may be shut as well. */
function readGiven(at: string, path: string): WorkspaceFile | undefined {
  try {
    return readEntry(at, path);
  } catch (error) {
    return { path, kind: "file", unreadable: reasonOf(error) };
  }
}

/** Everything in a folder, which is marked where it is shut. */
function readInto(files: WorkspaceFile[], at: string, folder: WorkspaceFile): void {
  try {
    for (const name of readdirSync(at).sort()) {
      if (LEFTOVERS.has(name)) continue;
      const entry = readEntry(join(at, name), `${folder.path}/${name}`);
      if (!entry) continue;
      files.push(entry);
      if (entry.kind === "directory") readInto(files, join(at, name), entry);
    }
  } catch (error) {
    folder.unreadable = reasonOf(error);
  }
}

/** One entry; undefined where there is none. */
function readEntry(at: string, path: string): WorkspaceFile | undefined {
  const stat = lstatSync(at, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const mode = stat.mode & 0o7777;
  if (stat.isSymbolicLink()) return { path, kind: "symlink", target: readlinkSync(at), mode };
  if (stat.isDirectory()) return { path, kind: "directory", mode };
  // Opening one of these may wait for ever.
  if (!stat.isFile()) return { path, kind: "other", what: whatIs(stat), mode };
  if (stat.size > MAX_READ_BYTES) return { path, kind: "file", mode };
  try {
    return { path, kind: "file", bytes: new Uint8Array(readFileSync(at)), mode };
  } catch (error) {
    return { path, kind: "file", unreadable: reasonOf(error), mode };
  }
}

function whatIs(stat: Stats): string {
  if (stat.isFIFO()) return "a named pipe";
  return stat.isSocket() ? "a socket" : "a device";
}

/** Why the system did not let a file be read, in words without a path of this machine. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM") return "no permission to read it";
  return code ?? message;
}
