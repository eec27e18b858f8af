import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { TypeRef } from "./model.js";

/**
 * Why a result of a type cannot be written to a path; undefined where it can. Asked before the call: its result may take
 * hours. A file goes over a file, or into a folder under its own name; a folder's files go into a folder; a text becomes a file.
 */
export function outputProblem(path: string, type: TypeRef): string | undefined {
  if (path === "") return "found nothing, expected a path";
  const isObject = type.kind === "object" || type.kind === "interface";
  if (isObject && type.name !== "Directory" && type.name !== "File") return undefined;
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there && !there.isDirectory() && type.name === "Directory") return `${path}: found a file, expected a folder`;
    if (there?.isDirectory() && !isObject) return `${path}: found a folder, expected a file`;
    // A device or a pipe is written to as it is; what else is written stands beside the target first.
    if (there && !there.isDirectory() && !there.isFile()) return undefined;
    return folderProblem(there?.isDirectory() && type.name === "File" ? resolve(path) : dirname(resolve(path)));
  } catch (error) {
    // A part of the path is a file, or may not be entered: the way up ends there.
    return folderProblem(dirname(resolve(path))) ?? `${path}: ${(error as Error).message}`;
  }
}

/** Folders that are missing are made; the nearest one that there is has to take them. */
function folderProblem(folder: string): string | undefined {
  let at = folder;
  for (;;) {
    const there = stat(at);
    if (there?.isDirectory()) break;
    if (there) return `${at}: found a file, expected a folder`;
    at = dirname(at);
  }
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
    return undefined;
  } catch {
    return `${at}: found no permission to write, expected a folder that can be written to`;
  }
}

function stat(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
