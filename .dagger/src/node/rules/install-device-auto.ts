import { installDevice } from "../../cloudconfig/facts.js";
import type { Finding, Rule } from "./rule.js";

const CHOOSES = { message: "The installer chooses the disk", found: "auto" };
const ALONE = { message: "The installation runs by itself and chooses the disk", found: "auto: true and no device" };
const EXPECTED = { expected: "a stable name, e.g. /dev/disk/by-id/…" };

export const installDeviceAuto: Rule = {
  id: "node/install-device-auto",
  severity: "warning",
  reason: "auto takes the LARGEST disk of the machine, which may be the one with the data, and erases it",
  find({ node, yaml, cloud }) {
    const findings: Finding[] = [];
    const device = cloud && installDevice(cloud);
    const named = node.install?.device !== undefined || device !== undefined;
    if (node.install?.device === "auto") {
      findings.push({ span: yaml.span(["install", "device"]), ...CHOOSES, ...EXPECTED });
    }
    if (node.install?.auto === true && !named) {
      findings.push({ span: yaml.span(["install", "auto"]), ...ALONE, ...EXPECTED });
    }
    if (cloud && device?.value === "auto") {
      findings.push({ file: cloud.file, span: device.span, ...CHOOSES, ...EXPECTED });
    }
    if (cloud && cloud.doc?.getIn(["install", "auto"]) === true && !named) {
      findings.push({ file: cloud.file, span: cloud.span(["install", "auto"]), ...ALONE, ...EXPECTED });
    }
    return findings;
  },
};
