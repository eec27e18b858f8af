import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dir, "../..");
const requirements = join(import.meta.dir, "requirements.txt");

/** What a program said, both streams together, and how it ended. */
export type Said = { code: number | null; text: string };

/** Runs a program in the repository's root. Throws where it cannot be started or takes longer than `seconds`. */
export function say(program: string, args: string[], seconds = 300): Said {
  const ran = spawnSync(program, args, {
    cwd: repository,
    encoding: "utf8",
    timeout: seconds * 1000,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (ran.error) throw new Error(`${program} cannot run: ${ran.error.message}\n${ran.stdout ?? ""}${ran.stderr ?? ""}`);
  return { code: ran.status, text: ran.stdout + ran.stderr };
}

/** The Python of a virtual environment with the tools of requirements.txt, made once for each version of that file. */
export function toolsPython(): string {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const place = join(repository, "node_modules", ".cache", `role-python-${key}`);
  const python = join(place, "bin", "python");
  if (existsSync(join(place, "complete"))) return python;
  const base = venvPython();
  if (!base) throw new Error("no Python from 3.10 on with venv was found; the relay of thuroros is tested with it");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(repository, "node_modules", ".cache"), { recursive: true });
  for (const [program, args] of [
    [base, ["-m", "venv", place]],
    [python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]],
    [python, ["-c", "import mypy, paho.mqtt.client"]],
  ] as const) {
    const done = say(program, [...args]);
    if (done.code !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${done.text}`);
  }
  mkdirSync(join(place, "finishing"));
  renameSync(join(place, "finishing"), join(place, "complete"));
  return python;
}

/** A Python from 3.10 on that makes virtual environments; undefined where this machine has none. */
export function venvPython(): string | undefined {
  return ["python3", "python3.13", "python3.12", "python3.11", "python3.10"].find(newEnough);
}

function newEnough(name: string): boolean {
  const ran = spawnSync(name, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]);
  return ran.status === 0;
}

/** Whether Debian's or Ubuntu's python3-libgpiod and gpiod (1.x) are on this machine. */
export function hasGpiod(): boolean {
  if (!Bun.which("gpiomon")) return false;
  return spawnSync("/usr/bin/python3", ["-c", "import gpiod; gpiod.LINE_REQ_EV_BOTH_EDGES"]).status === 0;
}
