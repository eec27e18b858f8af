import type { YamlPath } from "../yaml/parse.js";

/** A text of a cloud-config and the path to it. */
export type Located = { value: string; path: YamlPath };

/** A user that a cloud-config makes. */
export type CloudUser = { name: string; path: YamlPath; groups: string[]; password?: Located };

/** What the rules need to know of a cloud-config, whichever of the two syntaxes (yip's, cloud-init's) says it. */
export type CloudFacts = {
  users: CloudUser[];
  hostnames: Located[];
  /** Files that it writes at boot. */
  files: Located[];
  commands: Located[];
  /** Keys of the document itself, e.g. `stages`, `k0s`. */
  topLevel: Located[];
  /** The value at install.device, and whether the installation runs by itself. */
  device?: Located;
  installPath?: YamlPath;
  autoInstall: boolean;
  noUsers: boolean;
};

/** Reads the facts out of any value: what has another shape than expected is left to the schema and skipped here. */
export function cloudFacts(value: unknown): CloudFacts {
  const facts: CloudFacts = {
    users: [],
    hostnames: [],
    files: [],
    commands: [],
    topLevel: [],
    autoInstall: false,
    noUsers: false,
  };
  if (!isMapping(value)) return facts;
  for (const key of Object.keys(value)) facts.topLevel.push({ value: key, path: [key] });

  // cloud-init's syntax, which yip accepts too.
  hostname(facts, value.hostname, ["hostname"]);
  users(facts, value.users, ["users"]);
  writtenFiles(facts, value.write_files, ["write_files"]);
  commandList(facts, value.runcmd, ["runcmd"]);

  if (isMapping(value.stages)) {
    for (const [stage, steps] of Object.entries(value.stages)) {
      if (!Array.isArray(steps)) continue;
      for (const [i, step] of steps.entries()) {
        if (!isMapping(step)) continue;
        const path: YamlPath = ["stages", stage, i];
        hostname(facts, step.hostname, [...path, "hostname"]);
        users(facts, step.users, [...path, "users"]);
        writtenFiles(facts, step.files, [...path, "files"]);
        commandList(facts, step.commands, [...path, "commands"]);
      }
    }
  }
  if (isMapping(value.install)) {
    const { device, auto, nousers } = value.install;
    facts.installPath = ["install"];
    facts.autoInstall = auto === true;
    facts.noUsers = nousers === true;
    if (typeof device === "string") facts.device = { value: device, path: ["install", "device"] };
  }
  return facts;
}

function hostname(facts: CloudFacts, value: unknown, path: YamlPath): void {
  if (typeof value === "string") facts.hostnames.push({ value, path });
}

function users(facts: CloudFacts, value: unknown, path: YamlPath): void {
  // yip: a mapping by name; cloud-init: a list of mappings with a name.
  const found: [string, unknown, YamlPath][] = Array.isArray(value)
    ? value.map((user, i) => [isMapping(user) ? String(user.name) : "", user, [...path, i]])
    : isMapping(value)
      ? Object.entries(value).map(([name, user]) => [name, user, [...path, name]])
      : [];
  for (const [name, user, at] of found) {
    if (!isMapping(user)) continue;
    const groups = [user.groups, user.primary_group]
      .flat()
      .flatMap((group) => (typeof group === "string" ? group.split(",") : []));
    const key = ["passwd", "password", "plain_text_passwd", "hashed_passwd"].find((k) => typeof user[k] === "string");
    facts.users.push({
      name,
      path: at,
      groups: groups.map((group) => group.trim()),
      ...(key === undefined ? {} : { password: { value: user[key] as string, path: [...at, key] } }),
    });
  }
}

function writtenFiles(facts: CloudFacts, value: unknown, path: YamlPath): void {
  if (!Array.isArray(value)) return;
  for (const [i, file] of value.entries()) {
    if (isMapping(file) && typeof file.path === "string")
      facts.files.push({ value: file.path, path: [...path, i, "path"] });
  }
}

function commandList(facts: CloudFacts, value: unknown, path: YamlPath): void {
  if (!Array.isArray(value)) return;
  for (const [i, command] of value.entries()) {
    const text = Array.isArray(command) ? command.join(" ") : command;
    if (typeof text === "string") facts.commands.push({ value: text, path: [...path, i] });
  }
}

function isMapping(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
