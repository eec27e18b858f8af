import type { Problem } from "../errors.js";
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
  const config = (facts.get("config") ?? []).join("\n").trim();
  if (config !== mediumConfig.trim()) {
    const found = /passwd: *"?kairos"?/.test(config)
      ? "AuroraBoot's default user kairos/kairos"
      : `${config.length} other characters`;
    problems.push(
      problem(
        "config",
        "The medium's cloud-config is not the one it was given",
        found,
        "the installation's settings from node.yaml, and no user",
      ),
    );
  }
  return [...problems, ...sameRootfsProblems(problem, facts)];
}
