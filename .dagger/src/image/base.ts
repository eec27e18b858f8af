import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { type Head, snapshotTable } from "../plan/head.js";
import { SCRIPTS, withScripts } from "./scripts.js";

/** The account that Ubuntu's container images bring with them, for whom scripts/no-base-user.sh has the reason. */
const BASE_USER = "ubuntu";

/** The pinned base of a node, its apt prepared and without a person's account: the layer that every node of one distribution and architecture shares. */
export function base(head: Pick<Head, "base" | "platform" | "snapshots">): Container {
  const fresh = dag.container({ platform: head.platform as Platform }).from(head.base.address);
  const table = dag.directory().withNewFile("snapshots", snapshotTable(head)).file("snapshots");
  return withScripts(fresh, import.meta.url, "runs-here", "no-base-user", "apt-sources")
    .withExec([`${SCRIPTS}/runs-here.sh`])
    .withExec([`${SCRIPTS}/no-base-user.sh`, BASE_USER])
    .withMountedFile("/hegemonikon-snapshots", table)
    .withExec([`${SCRIPTS}/apt-sources.sh`, "/hegemonikon-snapshots"])
    .withoutMount("/hegemonikon-snapshots")
    .withoutMount(SCRIPTS);
}
