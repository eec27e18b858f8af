import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { type Head, snapshotTable } from "../plan/head.js";
import { SCRIPTS, withScripts } from "./scripts.js";

/** The pinned base of a node, its apt prepared: the layer that every node of one distribution and architecture shares. */
export function base(head: Pick<Head, "base" | "platform" | "snapshots">): Container {
  const fresh = dag.container({ platform: head.platform as Platform }).from(head.base.address);
  const table = dag.directory().withNewFile("snapshots", snapshotTable(head)).file("snapshots");
  return withScripts(fresh, import.meta.url, "runs-here", "apt-sources")
    .withExec([`${SCRIPTS}/runs-here.sh`])
    .withMountedFile("/hegemonikon-snapshots", table)
    .withExec([`${SCRIPTS}/apt-sources.sh`, "/hegemonikon-snapshots"])
    .withoutMount("/hegemonikon-snapshots")
    .withoutMount(SCRIPTS);
}
