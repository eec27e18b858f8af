import { isPartition } from "./partition-name.js";
import { isStage, nearestStage } from "./stages.js";
import { contentFindings, permissionFindings, stepFindings } from "./step-rules.js";
import { at, entries, exists, isSet, items, numberOf, steps, textOf, type View } from "./view.js";
import { type Finding, type Found, quote } from "./words.js";

/** What upstream does with a whole file, beyond the types of its keys. `text` is the file as it is written. */
export function rootFindings(root: View, text: string): Found[] {
  const files = [...items(at(root, "write_files")), ...items(at(root, "milpa_files"))];
  return [
    ...stageFindings(root, text),
    ...steps(root).flatMap(({ stage, step }) => stepFindings(stage, step)),
    ...files.flatMap((file) => [...permissionFindings(file), ...contentFindings(file)]),
    ...["install", "upgrade", "reset"].flatMap((key) => powerFindings(at(root, key))),
    ...deviceFindings(at(root, "install", "device")),
    ...partitionFindings(at(root, "install")),
    ...hardeningFindings(root),
    ...enabledTwice(at(root, "p2p", "auto")),
    ...enabledTwice(at(root, "p2p", "auto", "ha")),
    ...enabledTwice(at(root, "kubevip")),
  ];
}

/** A stage that nothing runs is the quietest typo of all. */
function stageFindings(root: View, text: string): Found[] {
  return entries(at(root, "stages")).flatMap(([name, view]) => {
    if (isStage(name) || runs(text, name)) return [];
    const near = nearestStage(name);
    const finding: Finding = {
      rule: "cloud-config/stage",
      severity: near ? "error" : "warning",
      message: `Nothing runs a stage named ${quote(name)}`,
      found: quote(name),
      expected: near ? `${quote(near)}?` : "a stage of Kairos, or a call of kairos-agent run-stage in this file",
      reason: "yip runs the stages that it is asked for, by their exact names",
    };
    return [{ view, finding, on: "key" as const }];
  });
}

/** `run-stage NAME` somewhere in the file: whoever writes it runs a stage of their own. */
function runs(text: string, name: string): boolean {
  const calls = [name, name.replace(/\.(before|after)$/, "")].map((stage) => `run-stage ${stage}`);
  return calls.some((call) => {
    for (let i = text.indexOf(call); i !== -1; i = text.indexOf(call, i + 1)) {
      if (!/[A-Za-z0-9_./-]/.test(text[i + call.length] ?? "")) return true;
    }
    return false;
  });
}

function powerFindings(block: View): Found[] {
  const poweroff = at(block, "poweroff");
  if (!isSet(at(block, "reboot")) || !isSet(poweroff)) return [];
  const finding: Finding = {
    rule: "cloud-config/power",
    severity: "warning",
    message: "reboot and poweroff at once",
    found: "both are true",
    expected: "one of them",
    reason: "the SDK's schema allows one of them; the agent reboots",
  };
  return [{ view: poweroff, finding }];
}

function deviceFindings(device: View): Found[] {
  const text = textOf(device) ?? "";
  const refused = /^\/dev\/disk\/by-.*(partlabel|partuuid)/.test(text);
  if (!refused && !isPartition(text)) return [];
  const finding: Finding = {
    rule: "cloud-config/value",
    message: "install.device is a partition",
    found: quote(text),
    expected: "a disk, e.g. /dev/disk/by-id/... or /dev/disk/by-path/...",
    reason: refused
      ? "kairos-agent refuses by-partlabel and by-partuuid"
      : "kairos-agent destroys what is in it, and can install nothing there",
  };
  return [{ view: device, finding }];
}

function partitionFindings(install: View): Found[] {
  const extra = items(at(install, "extra-partitions"));
  const rest = extra.filter((part) => exists(part) && (numberOf(at(part, "size")) ?? 0) === 0);
  const persistent = numberOf(at(install, "partitions", "persistent", "size"));
  const dotted = numberOf(at(install, "partitions.persistent.size"));
  const finding = (message: string, found: string): Finding => ({
    rule: "cloud-config/partitions",
    message,
    found,
    expected: "one partition without a size: it takes all that is left",
    reason: "kairos-agent refuses the installation",
  });
  const [first, second] = rest;
  if (second) {
    return [{ view: second, finding: finding("More than one extra partition without a size", `${rest.length}`) }];
  }
  if (first && (persistent ?? dotted ?? 0) === 0) {
    const message = "An extra partition without a size, and a persistent one without a size";
    return [{ view: first, finding: finding(message, "install.partitions.persistent.size is 0 or absent") }];
  }
  return [];
}

/**
 * kairos-sdk's ValidateSemantics: the one check that stops the agent at every start, not only at the installation.
 * It looks at all files merged, so that one file alone cannot be wrong for certain.
 */
function hardeningFindings(root: View): Found[] {
  const hardening = at(root, "install", "ssh_hardening");
  if (!isSet(hardening)) return [];
  const users = items(at(root, "users"));
  if (!users.some((user) => items(at(user, "ssh_authorized_keys")).length > 0)) {
    const finding: Finding = {
      rule: "cloud-config/ssh-hardening",
      severity: "warning",
      message: "install.ssh_hardening without a user in this file who has a key",
      found: "no key in the top-level users",
      expected: "a user with ssh_authorized_keys in the top-level users; those of a stage do not count",
      reason: "unless another file brings such a user, kairos-agent refuses the whole configuration",
    };
    return [{ view: hardening, finding }];
  }
  return users
    .filter((user) => exists(at(user, "passwd")))
    .map((user) => ({
      view: at(user, "passwd"),
      finding: {
        rule: "cloud-config/ssh-hardening",
        severity: "warning",
        message: "A password beside install.ssh_hardening",
        found: `a passwd of ${quote(textOf(at(user, "name")) ?? "")}`,
        expected: "no password, or no ssh_hardening",
        reason: "SSH takes no passwords then",
      },
    }));
}

function enabledTwice(block: View): Found[] {
  if (!exists(at(block, "enable")) || !exists(at(block, "enabled"))) return [];
  const finding: Finding = {
    rule: "cloud-config/value",
    message: "enable and enabled at once",
    found: "both",
    expected: "one of them",
    reason: "the newer provider, which knows both, refuses them together",
  };
  return [{ view: at(block, "enabled"), finding }];
}
