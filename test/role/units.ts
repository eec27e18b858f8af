import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import type { Machine } from "./machine.js";

const systemUnits = "/usr/lib/systemd/system";

/**
 * What `systemd-analyze verify` says of the role's units inside the machine's root: empty is right. Programs that
 * packages bring are named by the caller, and stand there as empty ones.
 */
export function unitProblems(machine: Machine, programs: string[]): string {
  if (!existsSync(systemUnits)) throw new Error(`${systemUnits} is missing (apt-get install systemd)`);
  cpSync(systemUnits, machine.path(systemUnits), { recursive: true, force: false });
  for (const program of programs) machine.put(program, "#!/bin/sh\n", 0o755);
  mkdirSync(machine.path("/etc"), { recursive: true });
  if (!existsSync(machine.path("/lib"))) symlinkSync("usr/lib", machine.path("/lib"));
  const names = machine.node.units.filter((unit) => unit.source).map((unit) => unit.name);
  const ran = spawnSync("systemd-analyze", ["verify", "--man=no", `--root=${machine.root}`, ...names], {
    encoding: "utf8",
  });
  if (ran.error) throw new Error(`systemd-analyze cannot run (apt-get install systemd): ${ran.error.message}`);
  return ran.stdout + ran.stderr + (ran.status === 0 ? "" : `exit code ${ran.status}`);
}

/** The exposure of each of the role's services, 0 (closed) to 10 (open), as `systemd-analyze security` counts it. */
export function exposures(machine: Machine): Record<string, number> {
  const services = machine.node.units.filter((unit) => unit.source && unit.name.endsWith(".service"));
  return Object.fromEntries(
    services.map(({ name }) => {
      const ran = spawnSync(
        "systemd-analyze",
        ["security", "--offline=true", "--no-pager", machine.path(`${systemUnits}/${name}`)],
        { encoding: "utf8" },
      );
      const found = /Overall exposure level for .*: ([\d.]+)/.exec(ran.stdout);
      if (!found) throw new Error(`systemd-analyze security said nothing of ${name}: ${ran.stdout}${ran.stderr}`);
      return [name, Number(found[1])];
    }),
  );
}
