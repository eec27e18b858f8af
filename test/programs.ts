import { spawnSync } from "node:child_process";
import { venvPython } from "./role/python";

/** A program that tests run: the Debian packages that have it, and the tiers that run it. */
type Program = { packages: readonly string[]; tiers: readonly string[] };

/** Debian's python3 alone cannot make a virtual environment. */
const PYTHON = "python3 with venv";

/** What tests run themselves; what the module and its stand-ins need, their own parts install. */
const programs: Readonly<Record<string, Program>> = {
  busybox: { packages: ["busybox-static"], tiers: ["engine"] },
  column: { packages: ["bsdextrautils"], tiers: ["role"] },
  curl: { packages: ["curl"], tiers: ["unit", "role", "engine", "full"] },
  git: { packages: ["git"], tiers: ["lint", "unit", "contract", "engine", "full"] },
  gpiomon: { packages: ["gpiod", "python3-libgpiod"], tiers: ["role"] },
  jq: { packages: ["jq"], tiers: ["unit", "role", "engine", "full"] },
  mdir: { packages: ["mtools"], tiers: ["full"] },
  mke2fs: { packages: ["e2fsprogs"], tiers: ["unit"] },
  openssl: { packages: ["openssl"], tiers: ["unit", "engine", "full"] },
  pgrep: { packages: ["procps"], tiers: ["engine"] },
  ps: { packages: ["procps"], tiers: ["role", "engine"] },
  [PYTHON]: { packages: ["python3-venv"], tiers: ["role"] },
  sfdisk: { packages: ["fdisk"], tiers: ["unit", "full"] },
  shellcheck: { packages: ["shellcheck"], tiers: ["lint", "role"] },
  skopeo: { packages: ["skopeo"], tiers: ["full"] },
  "ssh-keygen": { packages: ["openssh-client"], tiers: ["unit"] },
  "systemd-analyze": { packages: ["systemd"], tiers: ["role"] },
  "systemd-sysusers": { packages: ["systemd"], tiers: ["role"] },
  "systemd-tmpfiles": { packages: ["systemd"], tiers: ["role"] },
  xorriso: { packages: ["xorriso"], tiers: ["unit", "full"] },
  xz: { packages: ["xz-utils"], tiers: ["unit"] },
  zstd: { packages: ["zstd"], tiers: ["unit", "full"] },
};

/** The programs that are installed for a tier. */
export const programsOf = (tier: string): string[] =>
  Object.entries(programs).flatMap(([program, { tiers }]) => (tiers.includes(tier) ? [program] : []));

const onThisMachine = (program: string): unknown => (program === PYTHON ? venvPython() : Bun.which(program));

/** The packages that these tiers lack on a machine. */
export function missingPackages(tiers: readonly string[], has: (program: string) => unknown = onThisMachine): string[] {
  const lacking = Object.entries(programs).filter(
    ([program, on]) => on.tiers.some((tier) => tiers.includes(tier)) && !has(program),
  );
  return [...new Set(lacking.flatMap(([, { packages }]) => packages))];
}

/** Runs a command, and gives its exit code. */
type Run = (command: string[]) => number | null;

const runs: Run = ([command = "", ...args]) =>
  spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status;

/**
 * What makes a command root's: nothing for root, sudo on a machine of CI's, which is there for tests alone; null where there is
 * no sudo, and for a person, whose machine is not changed unasked.
 */
export function asRoot(
  uid = process.getuid?.(),
  ci = process.env.CI,
  sudo: unknown = Bun.which("sudo"),
): string[] | null {
  if (uid === 0) return [];
  return ci && sudo ? ["sudo", "-n"] : null;
}

/** Installs packages; where that cannot be, says what is to be done: the tests that need them will fail. */
export function install(packages: readonly string[], root = asRoot(), run: Run = runs): string {
  if (packages.length === 0) return "";
  const by = `tests run programs of ${packages.join(", ")}`;
  if (!root) return `${by}: install them, as this is not root; without them those tests fail`;
  const apt = (...args: string[]) => {
    console.log(`apt-get ${args.join(" ")}: tests run what it brings`);
    return run([...root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args]) === 0;
  };
  if (apt("update") && apt("-y", "--no-install-recommends", "install", ...packages)) return "";
  return `${by}, and apt-get could not install them (its words are above): those tests fail`;
}
