import type { Problem } from "../errors.js";
import type { Node } from "../node/node.js";
import { MIB } from "../node/size.js";
import { configProblems } from "./config-problems.js";
import { type ProblemOf, problemsOf } from "./problems-of.js";

/** A partition as raw-facts.sh notes it. */
export type Partition = { name: string; offset: number; bytes: number; type: string; label: string };

/** A RAW disk, as media/scripts/raw-facts.sh noted it. */
export type RawFacts = {
  table: string;
  partitions: Partition[];
  /** Paths in the EFI system partition, without a leading slash. */
  esp: string[];
  /** The lines of the ESP's config.txt. */
  espConfig: string[];
  /** `partition path size` of the files at the top of the other partitions. */
  files: string[];
  /** The cloud-config in the OEM partition. */
  oemConfig: string;
};

/** Reads what raw-facts.sh wrote: the first word of a line says what the rest is. */
export function parseRawFacts(text: string): RawFacts {
  const facts: RawFacts = { table: "", partitions: [], esp: [], espConfig: [], files: [], oemConfig: "" };
  const oem: string[] = [];
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    const [key, rest] = space === -1 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
    if (key === "table") facts.table = rest;
    else if (key === "esp") facts.esp.push(rest);
    else if (key === "esp-config") facts.espConfig.push(rest);
    else if (key === "file") facts.files.push(rest);
    else if (key === "oem-config") oem.push(rest);
    else if (key === "partition") {
      const [name = "", offset, bytes, type = "", label = ""] = rest.split(" ");
      facts.partitions.push({ name, offset: Number(offset), bytes: Number(bytes), type, label });
    }
  }
  facts.oemConfig = oem.join("\n");
  return facts;
}

/**
 * What Kairos wants of a RAW disk: label, file system, smallest size. AuroraBoot makes COS_GRUB and COS_OEM of 64 MiB and
 * COS_RECOVERY twice as large as its image, for upgrades; what is far below cannot hold what belongs there.
 */
const WANTED = [
  { label: "COS_GRUB", type: "vfat", least: 20 * MIB },
  { label: "COS_OEM", type: "ext", least: 60 * MIB },
  { label: "COS_RECOVERY", type: "ext", least: 512 * MIB },
] as const;

/** What AuroraBoot lays into COS_OEM. Every other file there would be a cloud-config that each boot runs. */
const OEM_FILES = ["/01_reset.yaml", "/90_custom.yaml", "/grubenv", "/lost+found"];

/** How UEFI names an architecture: its fallback loader, and GRUB, which shim starts by this name. */
const EFI_ARCH: Readonly<Record<Node["arch"], string>> = { amd64: "x64", arm64: "aa64" };

/** What a Raspberry Pi 4 reads before any kernel: its firmware, then u-boot with the board's device tree. */
const PI_FILES: Readonly<Record<string, readonly string[]>> = {
  rpi3: ["bootcode.bin", "start.elf", "fixup.dat", "config.txt"],
  rpi4: ["start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "config.txt"],
};

type RawNode = Pick<Node, "name" | "model" | "arch">;

/** What forbids a RAW disk. Empty where it may leave. */
export function rawProblems(node: RawNode, facts: RawFacts, mediumConfig: string): Problem[] {
  const problem = problemsOf(`RAW of ${node.name}`, "raw");
  return [
    ...tableProblems(problem, facts),
    ...WANTED.flatMap((wanted) => partitionProblems(problem, facts, wanted)),
    ...loaderProblems(problem, facts, node),
    ...firmwareProblems(problem, facts, node),
    ...ubootProblems(problem, facts, node),
    ...oemProblems(problem, facts),
    ...configProblems(problem, facts.oemConfig, mediumConfig),
  ];
}

function tableProblems(problem: ProblemOf, { table }: RawFacts): Problem[] {
  if (table === "gpt") return [];
  return [problem("table", "The partition table is of another kind", table || "none", "gpt")];
}

function partitionProblems(problem: ProblemOf, { partitions }: RawFacts, wanted: (typeof WANTED)[number]): Problem[] {
  const partition = partitions.find(({ label }) => label === wanted.label);
  if (!partition) {
    const labels = partitions.map(({ label, name }) => label || name).join(", ") || "no partition";
    return [problem("partition", `There is no partition labelled ${wanted.label}`, labels, wanted.label)];
  }
  const problems: Problem[] = [];
  if (!partition.type.startsWith(wanted.type)) {
    problems.push(problem("partition", `${wanted.label} has another file system`, partition.type, wanted.type));
  }
  if (partition.bytes < wanted.least) {
    const [found, least] = [`${Math.floor(partition.bytes / MIB)} MiB`, `at least ${wanted.least / MIB} MiB`];
    problems.push(problem("partition", `${wanted.label} is too small`, found, least));
  }
  return problems;
}

/** The names in the EFI system partition, which knows no case. */
function namesIn({ esp }: RawFacts): Set<string> {
  return new Set(esp.map((path) => path.toLowerCase()));
}

function loaderProblems(problem: ProblemOf, facts: RawFacts, { arch }: RawNode): Problem[] {
  const names = namesIn(facts);
  const loaders = [`efi/boot/boot${EFI_ARCH[arch]}.efi`, `efi/boot/grub${EFI_ARCH[arch]}.efi`];
  const absent = loaders.filter((path) => !names.has(path));
  if (absent.length === 0) return [];
  const there = facts.esp.filter((path) => /\.efi$/i.test(path)).join(", ") || "none";
  return [
    problem(
      "efi",
      `The EFI system partition lacks a boot loader for ${arch}`,
      `no ${absent.join(", no ")}; loaders: ${there}`,
      loaders.join(" and "),
      "firmware and u-boot look for the first, and it starts the second",
    ),
  ];
}

function firmwareProblems(problem: ProblemOf, facts: RawFacts, { model }: RawNode): Problem[] {
  const names = namesIn(facts);
  const wanted = PI_FILES[model] ?? [];
  const missing = wanted.filter((name) => !names.has(name));
  if (missing.length === 0) return [];
  return [
    problem(
      "pi-firmware",
      "The EFI system partition lacks what the Raspberry Pi starts from",
      `no ${missing.join(", no ")}`,
      wanted.join(", "),
      "the Pi would show a rainbow and stay there (kairos#2698)",
    ),
  ];
}

function ubootProblems(problem: ProblemOf, facts: RawFacts, { model }: RawNode): Problem[] {
  if (!PI_FILES[model]) return [];
  const kernel = facts.espConfig.map((line) => /^\s*kernel=(\S+)/.exec(line)?.[1]).find(Boolean);
  if (!kernel || !namesIn(facts).has(kernel.toLowerCase())) {
    return [
      problem(
        "pi-uboot",
        "config.txt starts no u-boot that is there",
        kernel ? `kernel=${kernel}, which is missing` : "no kernel= line",
        "kernel= with u-boot's file in the same partition",
      ),
    ];
  }
  if (/u-?boot/i.test(kernel)) return [];
  return [
    problem(
      "pi-uboot",
      "config.txt starts something else than u-boot",
      `kernel=${kernel}`,
      "kernel=u-boot.bin",
      "Kairos boots u-boot, GRUB, then the kernel's EFI stub",
    ),
  ];
}

function oemProblems(problem: ProblemOf, { partitions, files }: RawFacts): Problem[] {
  const oem = partitions.find(({ label }) => label === "COS_OEM")?.name;
  const stray = files.flatMap((line) => {
    const [partition, path = ""] = line.split(" ");
    return partition === oem && !OEM_FILES.includes(path) ? [path] : [];
  });
  if (stray.length === 0) return [];
  return [
    problem(
      "oem-files",
      "COS_OEM has files that are not AuroraBoot's",
      stray.join(", "),
      `nothing but ${OEM_FILES.join(", ")}`,
      "every cloud-config there is run at each boot, and outlives every upgrade",
    ),
  ];
}
