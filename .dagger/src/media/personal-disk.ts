import { isPartition } from "../cloudconfig/partition-name.js";
import { at, exists, isSet, textOf, type View } from "../cloudconfig/view.js";
import type { Finding, Found } from "../cloudconfig/words.js";
import type { Node } from "../node/node.js";

const NAMED = "install.device with a stable name, e.g. /dev/disk/by-id/…, of ls -l /dev/disk/by-id";
const LARGEST =
  "the installer takes the LARGEST disk then, which may be the one with the data or a stick, and erases it";

/** What is to be filled in: `sdX` and `…` as the documents have them, words of people's own, and the folder without a disk. */
const PLACEHOLDER = /…|\.{3}|[<>]|\bYOUR?\b|\/sdX\d*$|\/$/;

/** What an installation does, by the owner's file and by node.yaml, which is read after it and so is stronger. */
export type Installation = {
  /** Nobody is asked. */
  readonly auto: boolean;
  /** install.device of node.yaml. */
  readonly device?: unknown;
  /** It formats none, so that no disk is looked for (kairos-agent, pkg/config/spec.go). */
  readonly noFormat: boolean;
};

/** What is done with the file of an ISO's owner; an `auto: false` of node.yaml is in no image (plan/agent-files.ts). */
export function installation(root: View, install: Node["install"]): Installation {
  const either = (key: string) => install[key] === true || isSet(at(root, "install", key));
  return {
    auto: either("auto"),
    device: install.device,
    noFormat: either("no-format"),
  };
}

/**
 * What leaves the choice of the disk to the installer, or takes another one than is meant. An error where nobody is asked.
 * `fetches`: another file is fetched (config_url), which may name the disk.
 */
export function diskFindings(root: View, { auto, device: ofNode, noFormat }: Installation, fetches: boolean): Found[] {
  const device = at(root, "install", "device");
  const name = textOf(device);
  const rule = "personal/disk";
  const say = (view: View, finding: Omit<Finding, "rule">): Found[] => [{ view, finding: { rule, ...finding } }];
  if (name !== undefined && !name.startsWith("script:")) {
    if (PLACEHOLDER.test(name)) {
      return say(device, { message: "The disk is still to be named", found: "a placeholder", expected: NAMED });
    }
    if (isPartition(name)) {
      const expected = "the disk: the same name without -part1, p1 or 1";
      const reason = "what is in it is destroyed, and nothing can be installed there";
      return say(device, { message: "The disk is a partition", found: "a partition's name", expected, reason });
    }
  }
  const severity = auto && !fetches ? "error" : "warning";
  if (typeof ofNode === "string" && ofNode !== "" && ofNode !== "auto") {
    if (name === undefined || name === ofNode) return [];
    const reason = "node.yaml is read after this file, and its disk is the one that is erased";
    const expected = "the same in both, or none here";
    return say(device, {
      severity,
      message: "Another disk is taken",
      found: "install.device in node.yaml",
      expected,
      reason,
    });
  }
  if (noFormat) return [];
  const largest = fetches ? `unless the file of config_url names one, ${LARGEST}` : LARGEST;
  const message = auto ? "The installation asks nobody and chooses the disk" : "The installer chooses the disk";
  if (ofNode === "auto") {
    const expected = "node.yaml without it, and install.device here";
    const found = "device: auto in node.yaml, which is stronger than this file";
    return say(exists(device) ? device : root, { severity, message, found, expected, reason: largest });
  }
  if (name === "auto") return say(device, { severity, message, found: "auto", expected: NAMED, reason: largest });
  if (!auto || exists(device)) return [];
  const asked = at(root, "install", "auto");
  const found = `auto: true${isSet(asked) ? "" : " in node.yaml"} and no device`;
  return say(isSet(asked) ? asked : root, { severity, message, found, expected: NAMED, reason: largest });
}
