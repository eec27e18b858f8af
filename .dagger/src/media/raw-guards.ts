import type { Problem } from "../errors.js";
import type { Node } from "../node/node.js";
import { configProblems } from "./config-problems.js";
import { problemsOf } from "./problems-of.js";

const MIB = 1024 ** 2;

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

/** What forbids a RAW disk. Empty where it may leave. */
export function rawProblems(
  { name, model, arch }: Pick<Node, "name" | "model" | "arch">,
  facts: RawFacts,
  mediumConfig: string,
): Problem[] {
  const problem = problemsOf(`RAW of ${name}`, "raw");
  const problems: Problem[] = [];
  if (facts.table !== "gpt")
    problems.push(problem("table", "The partition table is of another kind", facts.table || "none", "gpt"));
  for (const wanted of WANTED) {
    const partition = facts.partitions.find(({ label }) => label === wanted.label);
    if (!partition) {
      const labels = facts.partitions.map(({ label, name }) => label || name).join(", ") || "no partition";
      problems.push(problem("partition", `There is no partition labelled ${wanted.label}`, labels, wanted.label));
      continue;
    }
    if (!partition.type.startsWith(wanted.type)) {
      problems.push(problem("partition", `${wanted.label} has another file system`, partition.type, wanted.type));
    }
    if (partition.bytes < wanted.least) {
      problems.push(
        problem(
          "partition",
          `${wanted.label} is too small`,
          `${Math.floor(partition.bytes / MIB)} MiB`,
          `at least ${wanted.least / MIB} MiB`,
        ),
      );
    }
  }
  const names = new Set(facts.esp.map((path) => path.toLowerCase()));
  const loaders = [`efi/boot/boot${EFI_ARCH[arch]}.efi`, `efi/boot/grub${EFI_ARCH[arch]}.efi`];
  const absent = loaders.filter((path) => !names.has(path));
  if (absent.length > 0) {
    const there = facts.esp.filter((path) => /\.efi$/i.test(path)).join(", ") || "none";
    problems.push(
      problem(
        "efi",
        `The EFI system partition lacks a boot loader for ${arch}`,
        `no ${absent.join(", no ")}; loaders: ${there}`,
        loaders.join(" and "),
        "firmware and u-boot look for the first, and it starts the second",
      ),
    );
  }
  const wantedFiles = PI_FILES[model] ?? [];
  const missing = wantedFiles.filter((name) => !names.has(name));
  if (missing.length > 0) {
    problems.push(
      problem(
        "pi-firmware",
        "The EFI system partition lacks what the Raspberry Pi starts from",
        `no ${missing.join(", no ")}`,
        wantedFiles.join(", "),
        "the Pi would show a rainbow and stay there (kairos#2698)",
      ),
    );
  }
  if (wantedFiles.length > 0) {
    const kernel = facts.espConfig.map((line) => /^\s*kernel=(\S+)/.exec(line)?.[1]).find(Boolean);
    if (!kernel || !names.has(kernel.toLowerCase())) {
      problems.push(
        problem(
          "pi-uboot",
          "config.txt starts no u-boot that is there",
          kernel ? `kernel=${kernel}, which is missing` : "no kernel= line",
          "kernel= with u-boot's file in the same partition",
        ),
      );
    } else if (!/u-?boot/i.test(kernel)) {
      problems.push(
        problem(
          "pi-uboot",
          "config.txt starts something else than u-boot",
          `kernel=${kernel}`,
          "kernel=u-boot.bin",
          "Kairos boots u-boot, GRUB, then the kernel's EFI stub",
        ),
      );
    }
  }
  const oem = facts.partitions.find(({ label }) => label === "COS_OEM")?.name;
  const stray = facts.files.flatMap((line) => {
    const [partition, path = ""] = line.split(" ");
    return partition === oem && !OEM_FILES.includes(path) ? [path] : [];
  });
  if (stray.length > 0) {
    problems.push(
      problem(
        "oem-files",
        "COS_OEM has files that are not AuroraBoot's",
        stray.join(", "),
        `nothing but ${OEM_FILES.join(", ")}`,
        "every cloud-config there is run at each boot, and outlives every upgrade",
      ),
    );
  }
  return [...problems, ...configProblems(problem, facts.oemConfig, mediumConfig)];
}
