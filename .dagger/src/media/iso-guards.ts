import type { Problem } from "../errors.js";
import { configProblems } from "./config-problems.js";
import type { Facts } from "./facts.js";
import { problemsOf } from "./problems-of.js";
import { sameRootfsProblems } from "./same-rootfs.js";

/** Files without which an ISO of AuroraBoot's does not boot. */
const NEEDED = ["/boot/kernel", "/boot/initrd", "/rootfs.squashfs"];

/** What forbids an ISO, from the facts of media/scripts/iso-facts.sh. Empty where it may leave. */
export function isoProblems(node: string, facts: Facts, mediumConfig: string): Problem[] {
  const problem = problemsOf(`ISO of ${node}`, "iso");
  const problems: Problem[] = [];
  const files = new Set(facts.get("file") ?? []);
  for (const path of NEEDED) {
    if (!files.has(path)) problems.push(problem("bootable", `${path} is missing`, "no such file", path));
  }
  const volume = facts.get("volume")?.[0] ?? "";
  if (volume !== "COS_LIVE") {
    problems.push(problem("label", "The live system looks for its medium by label", volume || "none", "COS_LIVE"));
  }
  const config = (facts.get("config") ?? []).join("\n");
  return [...problems, ...configProblems(problem, config, mediumConfig), ...sameRootfsProblems(problem, facts)];
}
