import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collected, collected } from "../collected";

export const root = join(import.meta.dir, "../../..");
export const fixture = join(root, "test/fixtures/call-module");
const program = join(root, "local/call.ts");

export type Called = Collected;
export type Around = { cwd?: string; env?: { [name: string]: string | undefined } };

/** A folder for what a test writes; the tests' working directory too. */
export const scratch = mkdtempSync(join(tmpdir(), "call-"));

/** The engine that the tests run on. There must be one: a test that cannot run has failed. */
export function engineHost(): string {
  const host = process.env._EXPERIMENTAL_DAGGER_RUNNER_HOST;
  if (!host) throw new Error("no engine: run ./hegemonikon test engine, which sets _EXPERIMENTAL_DAGGER_RUNNER_HOST");
  return host;
}

const hour = String(3600 * 1000);

/** Progress is off, however slow the machine is: tests look at everything else that is said. */
function options(around: Around) {
  const host = engineHost();
  return {
    cwd: around.cwd ?? scratch,
    env: { ...process.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: host, HEGEMONIKON_QUIET_MS: hour, ...around.env },
  };
}

/** Calls a function of the fixture to its end. */
export function call(words: string[], around: Around = {}): Called {
  const args = [program, "-m", fixture, ...words];
  const run = spawnSync(process.execPath, args, { ...options(around), encoding: "utf8" });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** What a call printed on stdout, when it went well. */
export function result(...words: string[]): string {
  const run = call(words);
  if (run.code !== 0) throw new Error(`exit code ${run.code}: ${run.stderr}`);
  return run.stdout;
}

/** A call that is still running. */
export function start(words: string[], around: Around = {}) {
  const child = spawn(process.execPath, [program, "-m", fixture, ...words], options(around));
  return { child, ended: collected(child) };
}

/** Waits until something is so, for a minute at most. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (holds()) return;
    await Bun.sleep(100);
  }
  throw new Error(`waited a minute for ${what}`);
}

/** The processes whose command line is this, or starts with it. */
export function processes(command: string): number[] {
  const list = spawnSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" }).stdout.split("\n");
  return list.flatMap((line) => {
    const [, pid, args = ""] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return `${args} `.startsWith(`${command} `) ? [Number(pid)] : [];
  });
}

/** The Dagger CLI that a call started. */
export function sessionOf(pid: number | undefined): number[] {
  const list = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
  return list.split("\n").filter(Boolean).map(Number);
}

export function alive(pid: number): boolean {
  return spawnSync("kill", ["-0", String(pid)]).status === 0;
}
