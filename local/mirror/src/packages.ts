import { join } from "node:path";
import { recipes } from "./cache.js";
import { fail, say } from "./messages.js";

/** Programs that the recipes and daemons call, and the Debian packages that bring them. */
export const programs: Record<string, string> = {
  "docker-registry": "docker-registry",
  mmdebstrap: "mmdebstrap",
  "arch-test": "arch-test",
  "qemu-aarch64-static": "qemu-user-static",
  flock: "util-linux",
  setsid: "util-linux",
  tar: "tar",
  "update-ca-certificates": "ca-certificates",
};

/** Installs what is missing, by apt, tried twice: a package mirror may fail once. */
export function installPackages(): void {
  const missing = [...new Set(Object.entries(programs).flatMap(([it, deb]) => (Bun.which(it) ? [] : [deb])))];
  if (missing.length > 0) {
    if (process.getuid?.() !== 0) fail(`needs root to install ${missing.join(" ")} and to build root file systems`);
    if (!Bun.which("apt-get")) fail(`needs ${missing.join(" ")} and found no apt-get to install them with`);
    say(`installing ${missing.join(" ")} …`);
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...missing);
  }
}

function apt(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (let tries = 1; ; tries++) {
    const { exitCode, stderr } = Bun.spawnSync(["apt-get", "-qq", ...args], { env, stdout: "ignore", stderr: "pipe" });
    if (exitCode === 0) return;
    const command = `apt-get ${args.join(" ")}`;
    if (tries === 2) fail(`${command} failed twice:\n${stderr.toString().trim().split("\n").slice(-8).join("\n")}`);
    say(`${command} failed, trying once more`);
  }
}

/** Lets this machine's kernel run another architecture's programs through qemu. */
export function emulate(): void {
  const { exitCode, stderr } = Bun.spawnSync([join(recipes, "binfmt.sh")], { stdout: "ignore", stderr: "pipe" });
  if (exitCode !== 0) fail(`cannot set up the emulation of arm64:\n${stderr.toString().trim()}`);
}
