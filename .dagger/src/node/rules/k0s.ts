import { topLevelKeys } from "../../cloudconfig/facts.js";
import { DISTRIBUTION_KEYS } from "../../cloudconfig/provider.js";
import { entries, type Rule } from "./rule.js";

export const agentConfigNotRead: Rule = {
  id: "cloud-config/agent-config-not-read",
  severity: "error",
  reason:
    "`kairos-agent start` reads k0s: and k3s: only from /oem and /usr/local/cloud-config, and this file is baked into " +
    "/system/oem (https://github.com/kairos-io/kairos/issues/4285): the node ships its own enabled unit instead",
  find({ cloud }) {
    if (!cloud) return [];
    return topLevelKeys(cloud)
      .filter(({ value }) => DISTRIBUTION_KEYS.includes(value))
      .map(({ value, span }) => ({
        file: cloud.file,
        span,
        message: `${value}: is never read from an image`,
        found: `${value}:`,
        expected: "kubernetes: and a unit of its own in node.yaml",
      }));
  },
};

export const k0sNeedsUnit: Rule = {
  id: "node/k0s-needs-unit",
  severity: "error",
  reason: "nothing else starts k0s: upstream's provider runs once and from /oem only (facts in docs/nodes.md)",
  find({ node, yaml }) {
    if (node.kubernetes?.distribution !== "k0s" || node.units === undefined) return [];
    const units = entries(node.units).map(([, unit]) => unit);
    if (units.some((unit) => unit.enable && /^k0s(controller|worker)\.service$/.test(unit.name))) return [];
    return [
      {
        span: yaml.keySpan(["kubernetes"]),
        message: "Nothing starts k0s on this node",
        found: units.length === 0 ? "no units" : units.map((unit) => unit.name).join(", "),
        expected: "an enabled k0scontroller.service or k0sworker.service in units:",
      },
    ];
  },
};
