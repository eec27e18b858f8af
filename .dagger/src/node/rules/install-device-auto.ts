import type { Finding, Rule } from "./rule.js";

export const installDeviceAuto: Rule = {
  id: "node/install-device-auto",
  severity: "warning",
  reason: "auto takes the LARGEST disk of the machine, which may be the one with the data, and erases it",
  find({ node, yaml, cloud, cloudYaml }) {
    const findings: Finding[] = [];
    const expected = "a stable name, e.g. /dev/disk/by-id/…";
    if (node.install?.device === "auto") {
      findings.push({
        span: yaml.span(["install", "device"]),
        message: "The installer chooses the disk",
        found: "auto",
        expected,
      });
    } else if (node.install?.auto === true && node.install.device === undefined && !cloud.device) {
      findings.push({
        span: yaml.span(["install", "auto"]),
        message: "The installation runs by itself and chooses the disk",
        found: "auto: true and no device",
        expected,
      });
    }
    if (cloudYaml && cloud.device?.value === "auto") {
      findings.push({
        file: cloudYaml.file,
        span: cloudYaml.span(cloud.device.path),
        message: "The installer chooses the disk",
        found: "auto",
        expected,
      });
    } else if (cloudYaml && cloud.autoInstall && !cloud.device && node.install?.device === undefined) {
      findings.push({
        file: cloudYaml.file,
        span: cloudYaml.span(["install", "auto"]),
        message: "The installation runs by itself and chooses the disk",
        found: "auto: true and no device",
        expected,
      });
    }
    return findings;
  },
};
