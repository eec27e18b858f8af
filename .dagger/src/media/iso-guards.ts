import type { Problem } from "../errors.js";
import type { Facts } from "./facts.js";
import { problemsOf } from "./problems-of.js";

/** Files without which an ISO of AuroraBoot's does not boot. */
const NEEDED = ["/boot/kernel", "/boot/initrd", "/rootfs.squashfs"];

/** The folders that AuroraBoot makes in every root file system, where the image has none. */
const ADDED = /^\/(dev|proc|run|sys|tmp|usr\/local|usr\/local\/bin|oem|boot|persistent|snap|host)$/;

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
  const missing = facts.get("missing") ?? [];
  if (missing.length > 0) {
    problems.push(
      problem("same-rootfs", "The medium lacks what the image has", missing.join(", "), "the same root file system"),
    );
  }
  const powerless = facts.get("no-capability") ?? [];
  if (powerless.length > 0) {
    problems.push(
      problem(
        "same-rootfs",
        "Files on the medium have lost their capability",
        powerless.join(", "),
        "the capabilities that they have in the image",
        "such a program fails on the machine for everyone but root",
      ),
    );
  }
  const added = (facts.get("added") ?? []).filter((path) => !ADDED.test(path));
  if (added.length > 0) {
    problems.push(
      problem("same-rootfs", "The medium has what the image has not", added.join(", "), "the same root file system"),
    );
  }
  return problems;
}
