import { at, exists, isSet, textOf, type View } from "../cloudconfig/view.js";
import type { Found } from "../cloudconfig/words.js";

const NAMED = "install.device with a stable name, e.g. /dev/disk/by-id/…, of ls -l /dev/disk/by-id";
const LARGEST =
  "the installer takes the LARGEST disk then, which may be the one with the data or a stick, and erases it";

/** What in an owner's cloud-config leaves the choice of the disk to the installer. An error where that asks nobody (`auto`). */
export function diskFindings(root: View, auto: boolean): Found[] {
  const device = at(root, "install", "device");
  const name = textOf(device);
  const rule = "personal/disk";
  if (name !== undefined && /…|\.{3}|[<>]|\bYOUR?\b/.test(name) && !name.startsWith("script:")) {
    const message = "The disk is still to be named";
    return [{ view: device, finding: { rule, message, found: "a placeholder", expected: NAMED } }];
  }
  // kairos-agent looks for the largest disk only where it is to format one (pkg/config/spec.go).
  if (isSet(at(root, "install", "no-format"))) return [];
  if (name === "auto") {
    const message = auto ? "The installation asks nobody and chooses the disk" : "The installer chooses the disk";
    const severity = auto ? "error" : "warning";
    return [{ view: device, finding: { rule, severity, message, found: "auto", expected: NAMED, reason: LARGEST } }];
  }
  if (!auto || exists(device)) return [];
  const message = "The installation asks nobody and chooses the disk";
  const found = "auto: true and no device";
  return [{ view: at(root, "install", "auto"), finding: { rule, message, found, expected: NAMED, reason: LARGEST } }];
}
