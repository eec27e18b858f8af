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
type Run = (args: string[]) => number | null;

const apt: Run = (args) => {
  console.log(`apt-get ${args.join(" ")}: tests run what it brings`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "inherit", "inherit"] }).status;
};

/** Installs packages; where that cannot be, says what is to be done: the tests that need them will fail. */
export function install(packages: readonly string[], root = process.getuid?.() === 0, run: Run = apt): string {
  if (packages.length === 0) return "";
  const by = `tests run programs of ${packages.join(", ")}`;
  if (!root) return `${by}: install them, as this is not root; without them those tests fail`;
  if (run(["update"]) === 0 && run(["-y", "--no-install-recommends", "install", ...packages]) === 0) return "";
  return `${by}, and apt-get could not install them (its words are above): those tests fail`;
}
