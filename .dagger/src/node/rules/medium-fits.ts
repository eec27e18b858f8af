import type { Finding, Rule } from "./rule.js";

export const mediumFits: Rule = {
  id: "node/medium-fits",
  severity: "error",
  reason:
    "a Raspberry Pi boots from a written disk image (raw) and is arm64; its firmware knows no ISO (AuroraBoot puts the " +
    "Pi's firmware and u-boot into raw images only)",
  find({ node, yaml }) {
    const findings: Finding[] = [];
    if (!node.model?.startsWith("rpi")) return findings;
    if (node.arch !== undefined && node.arch !== "arm64") {
      findings.push({
        span: yaml.span(["arch"]),
        message: `A ${node.model} is not ${node.arch}`,
        found: node.arch,
        expected: "arm64",
      });
    }
    if (node.medium !== undefined && node.medium !== "raw") {
      findings.push({
        span: yaml.span(["medium"]),
        message: `A ${node.model} does not boot from an ${node.medium.toUpperCase()}`,
        found: node.medium,
        expected: "raw",
      });
    }
    return findings;
  },
};
