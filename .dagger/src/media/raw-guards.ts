import type { Problem } from "../errors.js";
import { problemsOf } from "./problems-of.js";

const MIB = 1024 ** 2;

/** A partition as raw-facts.sh notes it. */
export type Partition = { name: string; offset: number; bytes: number; type: string; label: string };

/** A RAW disk, as media/scripts/raw-facts.sh noted it. */
export type RawFacts = {
  diskBytes: number;
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
  const facts: RawFacts = { diskBytes: 0, table: "", partitions: [], esp: [], espConfig: [], files: [], oemConfig: "" };
  const oem: string[] = [];
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    const [key, rest] = space === -1 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
    if (key === "disk-bytes") facts.diskBytes = Number(rest);
    else if (key === "table") facts.table = rest;
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
 * What Kairos wants of a RAW disk: label, file system, smallest size. Labels and sizes as kairos-agent's and AuroraBoot's
 * constants have them (COS_GRUB and COS_OEM of 64 MiB; COS_RECOVERY holds the image and room for its upgrade).
 */
const WANTED = [
  { label: "COS_GRUB", type: "vfat", least: 20 * MIB },
  { label: "COS_OEM", type: "ext", least: 60 * MIB },
  { label: "COS_RECOVERY", type: "ext", least: 512 * MIB },
] as const;

/** What a Raspberry Pi 4 reads before any kernel: its firmware, then u-boot with the board's device tree. */
const PI_FILES: Readonly<Record<string, readonly string[]>> = {
  rpi3: ["bootcode.bin", "start.elf", "fixup.dat", "config.txt"],
  rpi4: ["start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "config.txt"],
};

/** What forbids a RAW disk. Empty where it may leave. */
export function rawProblems(node: string, model: string, facts: RawFacts, mediumConfig: string): Problem[] {
  const problem = problemsOf(`RAW of ${node}`, "raw");
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
  if (![...names].some((path) => /^efi\/boot\/(boot|grub)(aa64|x64)?\.efi$/.test(path))) {
    problems.push(
      problem(
        "efi",
        "The EFI system partition has no boot loader",
        facts.esp.slice(0, 5).join(", ") || "nothing",
        "EFI/BOOT/BOOT*.EFI",
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
  if (facts.oemConfig.trim() !== mediumConfig.trim()) {
    const found = /passwd: *"?kairos"?/.test(facts.oemConfig)
      ? "AuroraBoot's default user kairos/kairos"
      : `${facts.oemConfig.trim().length} other characters`;
    problems.push(
      problem(
        "config",
        "The medium's cloud-config is not the one it was given",
        found,
        "the installation's settings from node.yaml, and no user",
      ),
    );
  }
  return problems;
}
