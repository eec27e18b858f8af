import type { RoleUnit } from "../node/node.js";

/** A symbolic link in the image. */
export type Link = { path: string; target: string };

/** Where the role's units and the links that enable them stand: in /usr, so that an upgrade replaces both (kairos#4085). */
export const UNIT_FOLDER = "/usr/lib/systemd/system";

/** The lines of a unit as systemd takes them: continued ones as one, without blanks around them and without comments. */
export function unitLines(text: string): string[] {
  // A backslash at the end of a line continues it; comment lines in between do not end it.
  return text
    .replace(/\r\n/g, "\n")
    .replace(/\\\n(?:[ \t]*[#;][^\n]*\n)*/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith(";"));
}

/** The keys of a unit's [Install] section, each with its values in order; repeated keys add up as in systemd. */
export function installSection(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  let inInstall = false;
  for (const line of unitLines(text)) {
    if (line.startsWith("[")) {
      inInstall = line === "[Install]";
      continue;
    }
    const equals = line.indexOf("=");
    if (!inInstall || equals === -1) continue;
    const key = line.slice(0, equals).trim();
    const words = line
      .slice(equals + 1)
      .trim()
      .split(/\s+/)
      .filter(Boolean);
    // An empty value forgets what was set before.
    values.set(key, words.length === 0 ? [] : [...(values.get(key) ?? []), ...words]);
  }
  return values;
}

/**
 * The links that `systemctl enable` would make, in /usr. A template (name@.service) is enabled as its DefaultInstance.
 * Empty where the unit says nothing in [Install]: the caller decides whether that is a mistake.
 */
export function enableLinks(name: string, text: string): Link[] {
  const install = installSection(text);
  const template = /^([^@]+)@\.([a-z]+)$/.exec(name);
  const instance = install.get("DefaultInstance")?.at(-1);
  if (template && !instance) return [];
  const unit = template ? `${template[1]}@${instance}.${template[2]}` : name;
  const links: Link[] = [];
  for (const [key, folder] of [
    ["WantedBy", "wants"],
    ["RequiredBy", "requires"],
    ["UpheldBy", "upholds"],
  ] as const) {
    for (const target of install.get(key) ?? []) {
      links.push({ path: `${UNIT_FOLDER}/${target}.${folder}/${unit}`, target: `../${name}` });
    }
  }
  for (const alias of install.get("Alias") ?? []) links.push({ path: `${UNIT_FOLDER}/${alias}`, target: name });
  return links;
}

/** Units of the role that are to be enabled but cannot be: no [Install] section that says where. */
export function cannotEnable(unit: RoleUnit, text: string): { found: string; expected: string } | undefined {
  if (!unit.enable || enableLinks(unit.name, text).length > 0) return undefined;
  const install = installSection(text);
  const template = /@\.[a-z]+$/.test(unit.name) && !install.has("DefaultInstance");
  return {
    found: install.size === 0 ? "no [Install]" : `[Install] with ${[...install.keys()].join(", ")}`,
    expected: `${template ? "DefaultInstance= and " : ""}WantedBy=, RequiredBy=, UpheldBy= or Alias=; or enable: false`,
  };
}
