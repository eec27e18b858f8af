import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { collected } from "../collected";

export const root = join(import.meta.dir, "../../..");

/** An engine of its own for tests that kill it: its folder of sockets and its network differ from the usual one's. */
export const own = { HEGEMONIKON_RUN: "/run/hegfault", HEGEMONIKON_CIDR: "10.89.0.0/16" };
export const pidfile = `${own.HEGEMONIKON_RUN}/engine.pid`;
export const socket = `${own.HEGEMONIKON_RUN}/engine.sock`;

export type Ran = { status: number | null; stdout: string; stderr: string };

/** Runs one of local/engine's programs to its end, against the tests' own engine unless `env` says otherwise. */
export function engine(program: "up" | "down" | "build", env: Record<string, string> = {}): Ran {
  return spawnSync(join(root, "local/engine", program), {
    env: { ...process.env, ...own, ...env },
    encoding: "utf8",
  });
}

/** The same, without waiting: for two at once. */
export async function engineAsync(program: "up" | "down"): Promise<Ran> {
  const child = spawn(join(root, "local/engine", program), { env: { ...process.env, ...own } });
  const { code, ...said } = await collected(child);
  return { status: code, ...said };
}

/** The environment that `up` printed. */
function reaching(up: Ran): NodeJS.ProcessEnv {
  const lines = up.stdout.split("\n").filter(Boolean);
  return { ...process.env, ...Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) };
}

/** `dagger core ARGS` on the tests' own engine. */
export function core(up: Ran, args: string[]): Ran {
  const env = reaching(up);
  return spawnSync(env._EXPERIMENTAL_DAGGER_CLI_BIN ?? "dagger", ["--silent", "core", ...args], {
    env,
    encoding: "utf8",
  });
}

/** The same, without waiting. */
export function coreAsync(up: Ran, args: string[]) {
  const env = reaching(up);
  return spawn(env._EXPERIMENTAL_DAGGER_CLI_BIN ?? "dagger", ["--silent", "core", ...args], { env, stdio: "ignore" });
}
