import { type Container, type Directory, dag, type File, type Platform } from "@dagger.io/dagger";
import type { Recipe } from "../plan/recipe.js";
import type { DownloadReference } from "../plan/references.js";
import type { RoleEntry } from "../plan/role.js";
import { SCRIPTS, withScripts } from "./scripts.js";

const ROLE = "/hegemonikon-role";

/** Lays the role over a head, in one layer. */
export function withRole(head: Container, recipe: Recipe, nodeDir: Directory): Container {
  const pairs = Object.entries(recipe.release).map(([key, value]) => `${key}=${value}`);
  return withScripts(head, import.meta.url, "step", "clean", "apply-role")
    .withMountedDirectory(ROLE, roleFolder(recipe, nodeDir))
    .withExec([`${SCRIPTS}/step.sh`, "the role", `${SCRIPTS}/apply-role.sh`, ROLE, ...pairs])
    .withoutMount(ROLE)
    .withoutMount(SCRIPTS);
}

/** The role's files where they will stand, as one folder. */
export function roleFolder(recipe: Recipe, nodeDir: Directory): Directory {
  return recipe.role.reduce((dir, entry) => withEntry(dir, entry, recipe, nodeDir), dag.directory());
}

function withEntry(dir: Directory, entry: RoleEntry, recipe: Recipe, nodeDir: Directory): Directory {
  switch (entry.kind) {
    case "text":
      return dir.withNewFile(entry.path, entry.text, { permissions: entry.mode });
    case "file":
      return dir.withFile(entry.path, nodeDir.file(entry.source), { permissions: entry.mode });
    case "download":
      return dir.withFile(entry.path, download(entry.download), { permissions: entry.mode });
    case "archive":
      return dir.withFile(entry.path, pulled(entry.image.address, recipe).asTarball(), { permissions: entry.mode });
    case "tree":
      return dir.withDirectory(entry.path, pulled(entry.image.address, recipe).rootfs());
    case "link":
      return dir.withSymlink(entry.target, entry.path);
  }
}

function pulled(address: string, recipe: Recipe): Container {
  return dag.container({ platform: recipe.head.platform as Platform }).from(address);
}

function download(reference: DownloadReference): File {
  return dag.http(reference.url, reference.sha256 ? { checksum: `sha256:${reference.sha256}` } : {});
}
