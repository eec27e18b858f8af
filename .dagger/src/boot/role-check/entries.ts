import { readFileSync } from "node:fs";
import { durationInSeconds } from "../../node/duration.js";
import type { Node } from "../../node/node.js";
import type { WrittenEntry } from "../../plan/role.js";
import { SHARE } from "../../plan/share.js";
import { enableLinks, UNIT_FOLDER } from "../../plan/unit-links.js";

/** The virtio-serial port whose presence starts role-check, and over which it reports. */
export const PORT = "hegemonikon.role-check";

/** The node's assertions, as role-check reads them. */
export const ASSERTIONS = `${SHARE}/assertions.tsv`;

const LIB = "/usr/lib/hegemonikon/role-check";

const PLACES: [file: string, path: string, mode: number][] = [
  ["role-check", "/usr/bin/role-check", 0o755],
  ...["run", "print-tap", "print-text", "print-json", "to-port", "facts"].map((name): [string, string, number] => [
    name,
    `${LIB}/${name}`,
    0o755,
  ]),
  ...["report.sh", "prove.sh"].map((name): [string, string, number] => [name, `${LIB}/${name}`, 0o644]),
  ["role-check.service", `${UNIT_FOLDER}/role-check.service`, 0o644],
  ["60-role-check.rules", "/usr/lib/udev/rules.d/60-role-check.rules", 0o644],
];

/** What role-check is made of: its programs, its unit, and the node's assertions as lines that a shell can read. */
export function roleCheckEntries(node: Pick<Node, "assertions">): WrittenEntry[] {
  const files = PLACES.map(([file, path, mode]): WrittenEntry => {
    return { kind: "text", path, mode, text: readFileSync(new URL(`files/${file}`, import.meta.url), "utf8") };
  });
  const unit = readFileSync(new URL("files/role-check.service", import.meta.url), "utf8");
  const links = enableLinks("role-check.service", unit).map((link): WrittenEntry => ({ kind: "link", ...link }));
  return [...files, ...links, { kind: "text", path: ASSERTIONS, mode: 0o644, text: assertionTable(node) }];
}

/** One line an assertion: seconds, name, command, separated by tabs. In a name or command a tab becomes a space. */
export function assertionTable(node: Pick<Node, "assertions">): string {
  return node.assertions
    .map(({ name, command, within }) => `${durationInSeconds(within)}\t${oneField(name)}\t${oneField(command)}\n`)
    .join("");
}

/** A text as it stands in that table, and so in role-check's report. */
export function oneField(text: string): string {
  return text.replaceAll("\t", " ").trim();
}
