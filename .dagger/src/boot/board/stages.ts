import type { Node } from "../../node/node.js";
import { stageArguments } from "../machine.js";
import { BootRoute } from "../route.js";
import { type Stage, stagesOf } from "../stages.js";

const DISK = "/vm/disk.raw";

/**
 * The stages of a RAW medium: its first boot is that of the recovery system, which lays out the rest of the card and restarts;
 * the second proves the role. The route installed boots once more and compares what must persist.
 */
export function rawStages(node: Pick<Node, "assertions">, route: BootRoute): Stage[] {
  const [, install, installed, last] = stagesOf(node, BootRoute.Installed);
  if (!install || !installed || !last) throw new Error("the route installed has fewer than four stages");
  const first: Stage = {
    ...install,
    name: "1-first",
    title: "The first boot: recovery lays out the card",
    arguments: stageArguments({ disk: DISK, once: true, silent: true }),
  };
  const second: Stage = { ...installed, name: "2-active", title: "The second boot: the active system" };
  return route === BootRoute.Installed
    ? [first, second, { ...last, name: "3-again", title: "The active system, booted again" }]
    : [first, second];
}
