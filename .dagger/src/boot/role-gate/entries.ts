import { readFileSync } from "node:fs";
import type { WrittenEntry } from "../../plan/role.js";
import { enableLinks, UNIT_FOLDER } from "../../plan/unit-links.js";

/** The gate, and what waits for a gate that is not reached. */
const UNITS = ["role-gate.service", "role-gate-await.service"];

const PROGRAMS = ["arm", "judge", "go-back", "await-gate", "say-taken-back"];

/** What judges the first boot after an upgrade: stages of Kairos' that arm it, its units, and its programs. */
export function roleGateEntries(): WrittenEntry[] {
  const file = (name: string, path: string, mode: number) => {
    const text = readFileSync(new URL(`files/${name}`, import.meta.url), "utf8");
    return { kind: "text" as const, path, mode, text };
  };
  const enabled = (name: string): WrittenEntry[] => {
    const unit = file(name, `${UNIT_FOLDER}/${name}`, 0o644);
    return [unit, ...enableLinks(name, unit.text).map((link) => ({ kind: "link" as const, ...link }))];
  };
  return [
    file("common.sh", "/usr/lib/hegemonikon/role-gate/common.sh", 0o644),
    ...PROGRAMS.map((name) => file(name, `/usr/lib/hegemonikon/role-gate/${name}`, 0o755)),
    ...UNITS.flatMap(enabled),
    file("95_role-gate.yaml", "/system/oem/95_role-gate.yaml", 0o644),
  ];
}
