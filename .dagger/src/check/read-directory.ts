import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Directory, File } from "@dagger.io/dagger";
import { readWorkspace } from "./read-folder.js";
import type { Workspace } from "./workspace.js";

/**
 * Reads what the module was given into a workspace. The engine's `contents` is text only and costs a call a file;
 * `export` writes into the module's own container: three calls however many nodes, with bytes, modes and links as they
 * are. Nothing reaches the caller's machine, and no image is pulled.
 */
export async function readDirectory(nodes: Directory, sources: File): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "hegemonikon-"));
  try {
    const [called] = await Promise.all([
      sources.name(),
      nodes.export(join(folder, "nodes")),
      sources.export(join(folder, "sources.yaml")),
    ]);
    return readWorkspace(join(folder, "nodes"), join(folder, "sources.yaml"), called);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
