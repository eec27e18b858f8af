import { readFileSync } from "node:fs";
import { enableLinks, type Link, UNIT_FOLDER } from "../../plan/unit-links.js";

/** A file or link of the gate, where it stands in every image. */
export type RoleGateEntry = { kind: "text"; path: string; mode: number; text: string } | ({ kind: "link" } & Link);

const UNIT = "role-gate.service";

/** What judges the first boot after an upgrade: a stage of Kairos' that arms it, its unit, and its programs. */
export function roleGateEntries(): RoleGateEntry[] {
  const file = (name: string, path: string, mode: number): RoleGateEntry => {
    return { kind: "text", path, mode, text: readFileSync(new URL(`files/${name}`, import.meta.url), "utf8") };
  };
  const unit = readFileSync(new URL(`files/${UNIT}`, import.meta.url), "utf8");
  return [
    file("common.sh", "/usr/lib/hegemonikon/role-gate/common.sh", 0o644),
    ...["arm", "judge", "say-taken-back"].map((name) => file(name, `/usr/lib/hegemonikon/role-gate/${name}`, 0o755)),
    file(UNIT, `${UNIT_FOLDER}/${UNIT}`, 0o644),
    file("95_role-gate.yaml", "/system/oem/95_role-gate.yaml", 0o644),
    ...enableLinks(UNIT, unit).map((link): RoleGateEntry => ({ kind: "link", ...link })),
  ];
}
