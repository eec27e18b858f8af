import type { Problem } from "../errors.js";
import type { NodeContext } from "../node/rules/rule.js";

/** Host names of fixed text: valid ones, and each on one node only. */
export function hostnameProblems(contexts: readonly NodeContext[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, NodeContext>();
  for (const context of contexts) {
    const yaml = context.cloudYaml;
    if (!yaml) continue;
    for (const { value, path } of context.cloud.hostnames) {
      // A template (`node-{{ trunc 4 .MachineID }}`) is filled in on the machine.
      if (value.includes("{{")) continue;
      const span = yaml.span(path);
      const place = { file: yaml.file, ...(span ? { span } : {}) };
      if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(value)) {
        problems.push({
          ...place,
          rule: "cloud-config/hostname",
          severity: "error",
          message: "This is not a host name",
          found: JSON.stringify(value.slice(0, 80)),
          expected: "letters, digits and dashes",
          reason: "RFC 1123, section 2.1",
        });
      }
      const other = first.get(value.toLowerCase());
      if (other && other.folder !== context.folder) {
        problems.push({
          ...place,
          rule: "cloud-config/unique-hostname",
          severity: "error",
          message: `The node ${other.folder} has the same host name`,
          found: JSON.stringify(value),
          expected: "a host name of its own",
          reason: "two machines of one name take each other's DHCP leases, mDNS names and Kubernetes nodes",
        });
      } else if (!other) {
        first.set(value.toLowerCase(), context);
      }
    }
  }
  return problems;
}
