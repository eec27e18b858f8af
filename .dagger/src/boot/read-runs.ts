import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, parseHost, parseOutcome } from "./outcome.js";
import { parseProof } from "./proof.js";
import type { Stage } from "./stages.js";
import type { StageRun } from "./verdict.js";

/** What run-stages.sh left behind. */
export type Runs = {
  host: Host;
  runs: StageRun[];
  /** TAP and the rest as they came, by stage. */
  ports: ReadonlyMap<string, string>;
  /** PNG images, by stage. */
  screenshots: ReadonlyMap<string, Uint8Array>;
};

/** Reads the folder that run-stages.sh wrote. What is missing is empty: a stage may not have run. */
export function readRuns(folder: string, stages: Stage[]): Runs {
  const bytes = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined);
  const text = (path: string) => bytes(path)?.toString("utf8") ?? "";
  const screenshots = new Map<string, Uint8Array>();
  const ports = new Map<string, string>();
  const runs = stages.map((stage): StageRun => {
    const port = text(`${stage.name}/port.log`);
    const screenshot = bytes(`${stage.name}/screenshot.png`);
    if (screenshot) screenshots.set(stage.name, screenshot);
    if (port) ports.set(stage.name, port);
    return {
      stage,
      outcome: parseOutcome(text(`${stage.name}/outcome.tsv`)),
      proof: parseProof(port),
      serial: text(`${stage.name}/serial.log`),
      emulatorLog: text(`${stage.name}/qemu.log`),
    };
  });
  return { host: parseHost(text("host.tsv")), runs, ports, screenshots };
}
