import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GitRepository, Secret } from "@dagger.io/dagger";
import { readWorkspace } from "../../../.dagger/src/check/read-folder.js";
import { type Project, projectOf } from "../../../.dagger/src/publish/project.js";

const root = join(import.meta.dir, "../../..");

export const HEAD = "a".repeat(40);

/** This repository's nodes and sources, with other texts in place of some files. */
export function project(texts: Record<string, string> = {}, nodes?: readonly string[]): Project {
  const encoder = new TextEncoder();
  const workspace = readWorkspace(join(root, "nodes"), join(root, "sources.yaml"))
    .filter(({ path }) => nodes === undefined || !path.startsWith("nodes/") || nodes.includes(path.split("/")[1] ?? ""))
    .map((file) => (file.path in texts ? { ...file, bytes: encoder.encode(texts[file.path]) } : file));
  const sources = {
    name: async () => "sources.yaml",
    contents: async () => texts["sources.yaml"] ?? readFileSync(join(root, "sources.yaml"), "utf8"),
  };
  return projectOf({ nodes: {}, sources } as never, workspace);
}

/** A file of this repository with a line more. */
export function withLine(path: string, line: string): Record<string, string> {
  return { [path]: `${readFileSync(join(root, path), "utf8")}${line}\n` };
}

/** A clone whose HEAD has a tag, and of nodes/ all but what git ignores. Whatever else is asked of it fails. */
export function tagged(tag: string, ignored = ""): GitRepository {
  const commit = { commit: async () => HEAD };
  const held = readWorkspace(join(root, "nodes"), "").map(({ path, kind }) => (kind === "file" ? path : `${path}/`));
  const tree = () => ({ glob: async () => held.filter((path) => path !== ignored) });
  return {
    head: () => ({ ...commit, tree }),
    uncommitted: () => ({ isEmpty: async () => true }),
    tags: async () => [tag],
    tag: () => commit,
  } as never;
}

/** A secret with a text in it. */
export const secret = (text = "secret") => ({ plaintext: async () => text }) as unknown as Secret;
