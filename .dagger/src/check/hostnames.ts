import { hostnamesOf } from "../cloudconfig/facts.js";
import type { Problem, Span } from "../errors.js";
import type { ParsedYaml } from "../yaml/parse.js";

/** A host name of fixed text, and where it stands. */
export type Hostname = { folder: string; value: string; file: string; span?: Span };

/** The host names that a cloud-config gives; templates (`node-{{ trunc 4 .MachineID }}`) are filled in on the machine. */
export function fixedHostnames(folder: string, yaml: ParsedYaml): Hostname[] {
  return hostnamesOf(yaml)
    .filter(({ value }) => !value.includes("{{"))
    .map((hostname) => ({ folder, file: yaml.file, ...hostname }));
}

/** Host names that two nodes share; what is a host name, the cloud-config's own check says. */
export function hostnameProblems(hostnames: readonly Hostname[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, Hostname>();
  for (const hostname of hostnames) {
    const { folder, value, file, span } = hostname;
    const other = first.get(value.toLowerCase());
    if (other && other.folder !== folder) {
      problems.push({
        file,
        ...(span ? { span } : {}),
        rule: "cloud-config/unique-hostname",
        severity: "error",
        message: `The node ${other.folder} has the same host name`,
        found: JSON.stringify(value),
        expected: "a host name of its own",
        reason: "two machines of one name take each other's DHCP leases, mDNS names and Kubernetes nodes",
      });
    } else if (!other) {
      first.set(value.toLowerCase(), hostname);
    }
  }
  return problems;
}
