import { LOCKED, usersOf } from "../cloudconfig/facts.js";
import type { Problem } from "../errors.js";
import type { Facts } from "../media/facts.js";
import { type ProblemOf, problemsOf } from "../media/problems-of.js";

/** Why each kind of file may not be in an image. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  "machine-id": "every machine made from the image would have the same identity",
  "ssh-host-key":
    "every machine made from the image would have the same host key, and whoever has the image has it too",
  "apt-list": "it is only weight: the machine never runs apt",
  "apt-cache": "it is only weight: the machine never runs apt",
  log: "it tells of the build, not of the machine",
  "private-key": "whoever has the image has the key",
  "password-hash": "whoever has the image can try passwords against it",
  "empty-password": "a user with keys only, to whom yip gives an empty password, logs in at the console without any",
};

/** What forbids an image, from the facts that media/scripts/image-facts.sh noted. Empty where it may leave. */
export function imageProblems(node: string, facts: Facts): Problem[] {
  return [...kernelProblems(node, facts), ...forbiddenProblems(node, facts), ...passwordProblems(node, facts)];
}

/** The release of the kernel that boots: the one /boot/vmlinuz leads to; empty where it leads to none. */
export function bootedKernel(facts: Facts): string {
  return /^(?:.*\/)?vmlinuz-([^/]+)$/.exec(facts.get("kernel-link")?.[0] ?? "")?.[1] ?? "";
}

function modelOf(facts: Facts): string {
  const line = (facts.get("release") ?? []).find((pair) => pair.startsWith("KAIROS_MODEL "));
  return line?.slice("KAIROS_MODEL ".length) ?? "";
}

/** What the guards of the kernel read. `kernel` is the release of the one that boots. */
type Kernels = { kernel: string; kernels: readonly string[]; model: string; facts: Facts };

function kernelProblems(node: string, facts: Facts): Problem[] {
  const problem = problemsOf(`image of ${node}`, "image");
  const there: Kernels = {
    kernel: bootedKernel(facts),
    kernels: facts.get("kernel") ?? [],
    model: modelOf(facts),
    facts,
  };
  const guards = [linkProblems, piProblems, moduleProblems, otherProblems, initrdProblems, stubProblems];
  return guards.flatMap((guard) => guard(problem, there));
}

function linkProblems(problem: ProblemOf, { kernel, kernels, facts }: Kernels): Problem[] {
  if (kernels.length === 0) return [problem("kernel", "There is no kernel in /boot", "none", "/boot/vmlinuz-RELEASE")];
  if (kernels.includes(`boot/vmlinuz-${kernel}`)) return [];
  const found = facts.get("kernel-link")?.[0] ?? "no link /boot/vmlinuz";
  return [problem("kernel", "/boot/vmlinuz, which boots, leads to no kernel", found, kernels.join(" or "))];
}

function piProblems(problem: ProblemOf, { kernel, model }: Kernels): Problem[] {
  if (!model.startsWith("rpi") || !kernel.endsWith("-generic")) return [];
  return [
    problem(
      "pi-kernel",
      "The kernel that boots has no driver of the Raspberry Pi's SD card",
      kernel,
      "Ubuntu's kernel for the Pi, RELEASE-raspi",
      "the Pi would start it and find no root (kairos#4222)",
    ),
  ];
}

function moduleProblems(problem: ProblemOf, { kernel, facts }: Kernels): Problem[] {
  const modules = facts.get("modules") ?? [];
  if (modules.includes(kernel)) return [];
  const found = modules.join(", ") || "none";
  return [problem("kernel", "The kernel that boots has no modules", found, `/usr/lib/modules/${kernel}`)];
}

function otherProblems(problem: ProblemOf, { kernel, kernels, model }: Kernels): Problem[] {
  if (kernels.length < 2) return [];
  const onPi = model.startsWith("rpi") && kernel.endsWith("-raspi");
  return [
    {
      ...problem(
        "one-kernel",
        `Kernels that never boot are in the image, beside ${kernel}`,
        kernels.filter((path) => path !== `boot/vmlinuz-${kernel}`).join(", "),
        "one kernel",
        onPi
          ? "some releases of kairos-init bring Ubuntu's generic kernel to a Raspberry Pi, too (kairos#4222): only weight"
          : "it is not said which of them boots; one of the node's packages may have brought the other",
      ),
      // What kairos-init does is no fault of the node, and the Pi boots the right one.
      severity: onPi ? "warning" : "error",
    },
  ];
}

function initrdProblems(problem: ProblemOf, { kernel, facts }: Kernels): Problem[] {
  if ((facts.get("initrd") ?? []).length === 0) {
    return [problem("initrd", "There is no initrd", "nothing at /boot/initrd", "an initrd made for the kernel")];
  }
  const made = facts.get("initrd-kernel") ?? [];
  if (made.length === 1 && made[0] === kernel) return [];
  return [
    problem(
      "initrd",
      "The initrd was made for another kernel",
      `modules of ${made.join(", ") || "no kernel"}`,
      `modules of ${kernel || "the kernel"} only`,
      "it could not load a driver and would not find its root",
    ),
  ];
}

function stubProblems(problem: ProblemOf, { kernel, facts }: Kernels): Problem[] {
  if ((facts.get("kernel-option") ?? []).includes(`${kernel} EFI_STUB=y`)) return [];
  return [
    problem(
      "efi-stub",
      "The kernel has no EFI stub",
      `CONFIG_EFI_STUB is not y in /boot/config-${kernel}`,
      "CONFIG_EFI_STUB=y",
      "GRUB starts the kernel through it; without it the machine does not boot (kairos#2249)",
    ),
  ];
}

function forbiddenProblems(node: string, facts: Facts): Problem[] {
  return (facts.get("forbidden") ?? []).map((line) => {
    const [kind = "", ...rest] = line.split(" ");
    const reason = FORBIDDEN[kind];
    return {
      file: `image of ${node}`,
      rule: `image/no-${kind}`,
      severity: "error",
      message: `The image holds what no image may hold: ${kind.replaceAll("-", " ")}`,
      found: rest.join(" "),
      expected: "no such file",
      ...(reason ? { reason } : {}),
    };
  });
}

/** Users to whom a cloud-config inside the image gives a password. Its own files are refused by `check`: this is kairos-init's. */
function passwordProblems(node: string, facts: Facts): Problem[] {
  const texts = new Map<string, string[]>();
  for (const line of facts.get("cloud-config") ?? []) {
    const space = line.indexOf(" ");
    const path = line.slice(0, space);
    texts.set(path, [...(texts.get(path) ?? []), line.slice(space + 1)]);
  }
  return [...texts].flatMap(([path, lines]) =>
    usersOf(lines.join("\n"))
      .filter(({ passwd }) => passwd !== undefined && !LOCKED.test(passwd.value))
      .map(
        ({ name, stage }): Problem => ({
          file: `image of ${node}`,
          rule: "image/no-known-password",
          severity: "error",
          message: "A user gets a password that whoever has the image knows",
          found: `${name}, in ${path}${stage === undefined ? "" : `, stage ${stage}`}`,
          expected: 'no passwd, or "!"',
          reason: "the build takes kairos-init's out of /system/oem (no-known-passwords.sh); this one it did not know",
        }),
      ),
  );
}
