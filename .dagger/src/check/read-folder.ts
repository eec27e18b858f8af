import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
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
  const sources = readEntry(sourcesFile, isSources(called) ? called : `./${called}`);
  if (sources) files.push(sources);
  const root = readEntry(nodesFolder, "nodes");
  if (root?.kind === "directory") readInto(files, nodesFolder, "nodes");
  return files;
}

function readInto(files: WorkspaceFile[], folder: string, path: string): void {
  for (const name of readdirSync(folder).sort()) {
    if (LEFTOVERS.has(name)) continue;
    const entry = readEntry(join(folder, name), `${path}/${name}`);
    if (!entry) continue;
    files.push(entry);
    if (entry.kind === "directory") readInto(files, join(folder, name), entry.path);
  }
}

/** One entry; undefined where there is none, or where it is neither file, folder nor link (a socket, a device). */
function readEntry(at: string, path: string): WorkspaceFile | undefined {
  const stat = lstatSync(at, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const mode = stat.mode & 0o7777;
  if (stat.isSymbolicLink()) return { path, kind: "symlink", target: readlinkSync(at), mode };
  if (stat.isDirectory()) return { path, kind: "directory", mode };
  if (!stat.isFile()) return undefined;
  if (stat.size > MAX_READ_BYTES) return { path, kind: "file", mode };
  return { path, kind: "file", bytes: new Uint8Array(readFileSync(at)), mode };
}
