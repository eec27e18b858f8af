/**
 * A sign in the serial log that a boot is lost. The expressions are read by grep -E in the machine's watcher and by the
 * verdict here, so they use only what both know: no \d, \b or (?:.
 */
export type Sign = {
  name: string;
  /** What it means, for people. */
  says: string;
  /** As many lines may match in a boot that goes well. */
  most: number;
  pattern: string;
};

/** Every sign, the most telling first. */
export const SIGNS: readonly Sign[] = [
  { name: "kernel-panic", says: "the kernel panicked", most: 0, pattern: "Kernel panic - not syncing" },
  {
    name: "emergency-shell",
    says: "the system stopped in an emergency shell",
    most: 0,
    pattern:
      '(You are in|Entering) emergency mode|(Give root password|Press Enter) for maintenance|Generating "/run/initramfs/rdsosreport.txt"|Cannot open access to console, the root account is locked|Reached target .*Emergency Mode',
  },
  {
    name: "grub-prompt",
    says: "GRUB found no menu entry it could start and waits at its prompt",
    most: 0,
    pattern: "grub( rescue)?>|Minimal BASH-like line editing is supported",
  },
  {
    name: "grub-error",
    says: "GRUB could not load what its menu entry names",
    most: 0,
    // Kairos' own menu looks for files that need not exist (/grubcustom, /grub_oem_env), and GRUB calls that an error.
    pattern:
      "error: (no such partition|no such device: [^/]|file .* not found|out of memory|you need to load the kernel first)",
  },
  {
    name: "nothing-to-boot",
    says: "the firmware found nothing to boot",
    most: 0,
    pattern:
      "BdsDxe: No bootable option or device|No bootable device|UEFI Interactive Shell|Boot failed: not a bootable disk",
  },
  {
    name: "install-failed",
    says: "the installer failed",
    most: 0,
    // kairos-installer.service on live media; systemd says it in the journal, which an unattended medium shows.
    pattern: "[a-z-]*installer\\.service: Failed with result '(exit-code|core-dump|oom-kill)'",
  },
  {
    name: "upgrade-failed",
    says: "kairos-agent could not upgrade",
    most: 0,
    pattern: "upgrade-test: the upgrade ended with exit code",
  },
  {
    name: "restart",
    says: "the machine started again by itself",
    most: 1,
    pattern: "Linux version [0-9]+\\.[0-9]+",
  },
];

/** A sign found: which one, and the line that shows it. */
export type Found = { sign: Sign; line: string };

/** The first of the signs that a serial log shows, with its line. */
export function signIn(serial: string, signs: readonly Sign[] = SIGNS): Found | undefined {
  const lines = cleanLines(serial);
  for (const sign of signs) {
    const matching = lines.filter((line) => new RegExp(sign.pattern).test(line));
    const line = matching[sign.most];
    if (line !== undefined) return { sign, line };
  }
  return undefined;
}

/** The signs as the watcher reads them: NAME, MOST and PATTERN, separated by tabs. */
export function signTable(signs: readonly Sign[] = SIGNS): string {
  return signs.map(({ name, most, pattern }) => `${name}\t${most}\t${pattern}\n`).join("");
}

// Firmware and GRUB move the cursor, systemd colours its words: CSI and OSC sequences, and other escapes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const ESCAPES = /\u001b(\[[0-9;?=]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[ -/]*[0-~])/g;

/** A serial log as lines of plain text: no escape sequences, no other control characters. */
export function cleanLines(serial: string): string[] {
  return (
    serial
      .replace(ESCAPES, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "")
      .split(/\r*\n|\r/)
      .map((line) => line.trimEnd())
  );
}
