import { stringify } from "yaml";
import type { Node } from "../node/node.js";
import { parseNode } from "../node/parse.js";
import { parseSources } from "../sources/parse.js";
import type { Source } from "../sources/sources.js";
import { FIELD_STEPS, moduleStep, STEPS, type Step, sourceSteps } from "./affected-steps.js";
import { bakedCloudConfig } from "./baked-cloud-config.js";
import { roleFiles } from "./node-files.js";
import { sumOf } from "./references.js";

/** Why a node is touched. */
export type Reason = {
  /** A path of the repository, or `source NAME` for an entry of sources.yaml. */
  cause: string;
  /** The first step of the build that has to be done again. */
  step: Step;
  /** What is different, in words. */
  what: string;
};

/** A node that a change touches. */
export type AffectedNode = { node: string; arch: string; medium: string; reasons: Reason[] };

/** What a change touches. */
export type Affected = {
  nodes: AffectedNode[];
  /** Nodes that are gone. */
  removed: string[];
  /** Changed paths, and entries of sources.yaml, that touch no node. */
  ignored: string[];
};

/**
 * The texts of a revision that matter, by path: node.yaml, cloud-config.yaml, sources.yaml, dagger.json, TypeScript, shell. Each
 * folder in nodes/ has a node.yaml here, an empty one where there is none that can be read (a link, a folder, nothing).
 */
export type Revision = ReadonlyMap<string, string>;

/** Whether the content of a path is compared by its meaning, so that its text is needed. */
export function isReadByMeaning(path: string): boolean {
  return (
    path === "sources.yaml" ||
    path === "dagger.json" ||
    /^nodes\/[^/]+\/(node|cloud-config)\.yaml$/.test(path) ||
    isMounted(path) ||
    (/^\.dagger\/src\/.*\.ts$/.test(path) && moduleStep(path) !== undefined)
  );
}

/** Whether a path is a shell file that a step runs from a mount. Those in files/ are baked into images, to the byte. */
function isMounted(path: string): boolean {
  return /^\.dagger\/src\/(image|media|boot\/[^/]+)\/scripts\/[^/]+\.sh$/.test(path);
}

/** Removes what a change of TypeScript may do without any effect: comments, types and layout. */
export type StripCode = (text: string) => string;

/**
 * The nodes that a change touches, and why. A change of a comment, a README, a test or a tool of the laptop touches none;
 * what cannot be understood (a file that does not parse) touches every node that reads it, never none. What goes into an image
 * is compared as it stands there: node.yaml by its values, a cloud-config as it is baked, a file of a role by its bytes.
 * @param changed paths that were added, modified or removed
 */
export function affected(
  changed: readonly string[],
  before: Revision,
  after: Revision,
  strip: StripCode = (text) => text,
): Affected {
  const names = nodeNames(after);
  const reasons = new Map<string, Reason[]>(names.map((name) => [name, []]));
  const ignored: string[] = [];
  // Where a link or a folder takes a node.yaml's place, or the reverse, git does not name that path as a file.
  const nodeFiles = names.map(nodeFile).filter((path) => before.get(path) !== after.get(path));
  const files = [...new Set([...changed, ...nodeFiles])].filter((path) => !path.endsWith("/")).sort();
  const sourcesBefore = readSources(before);
  const sourcesAfter = readSources(after);
  const nodes = new Map(names.map((name) => [name, parseNode(nodeFile(name), after.get(nodeFile(name)) ?? "").node]));

  const touch = (names: readonly string[], reason: Reason): void => {
    for (const name of names) reasons.get(name)?.push(reason);
  };
  const touchOrIgnore = (names: readonly string[], cause: string, found: { step: Step; what: string } | undefined) => {
    if (found && names.length > 0) touch(names, { cause, ...found });
    else ignored.push(cause);
  };

  for (const path of files) {
    const [texts, both] = [{ before: before.get(path), after: after.get(path) }, before.has(path) && after.has(path)];
    if (path === "sources.yaml") {
      sourceChanges(path, texts, sourcesBefore, sourcesAfter, nodes, touchOrIgnore);
      continue;
    }
    const inNode = /^nodes\/([^/]+)\/(.+)$/.exec(path);
    if (inNode) {
      const [name, file] = [inNode[1] as string, inNode[2] as string];
      if (!reasons.has(name)) continue; // of a node that is gone
      if (file === "node.yaml") {
        const changes = nodeChanges(path, texts.before, texts.after);
        for (const change of changes) touch([name], { cause: path, ...change });
        if (changes.length === 0) ignored.push(path);
      } else if (file === "cloud-config.yaml") {
        const same = both && bakedCloudConfig(texts.before ?? "") === bakedCloudConfig(texts.after ?? "");
        touchOrIgnore([name], path, same ? undefined : { step: "role", what: verb(texts, "cloud-config") });
      } else {
        const used = isRoleFile(file, nodes.get(name));
        touchOrIgnore([name], path, used ? { step: "role", what: "a file of the role changed" } : undefined);
      }
      continue;
    }
    const step = moduleStep(path);
    const changedCode = step && !(both && sameCode(path, texts.before ?? "", texts.after ?? "", strip));
    touchOrIgnore(names, path, changedCode ? { step, what: moduleWhat(path) } : undefined);
  }

  return {
    nodes: names.flatMap((name) => {
      const found = reasons.get(name) ?? [];
      const node = nodes.get(name);
      const sorted = [...found].sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
      // An unreadable node has no architecture; its build says why on any machine.
      const { arch = "amd64", medium = "iso" } = node ?? {};
      return found.length > 0 ? [{ node: name, arch, medium, reasons: sorted }] : [];
    }),
    removed: nodeNames(before).filter((name) => !reasons.has(name)),
    ignored: [...new Set(ignored)],
  };
}

function nodeFile(name: string): string {
  return `nodes/${name}/node.yaml`;
}

function nodeNames(revision: Revision): string[] {
  const names = [...revision.keys()].map((path) => /^nodes\/([^/]+)\/node\.yaml$/.exec(path)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

function readSources(revision: Revision): Readonly<Record<string, Source>> | undefined {
  return parseSources("sources.yaml", revision.get("sources.yaml") ?? "").sources?.sources;
}

type Texts = { before: string | undefined; after: string | undefined };

function verb(texts: Texts, what: string): string {
  return `${what} ${texts.before === undefined ? "added" : texts.after === undefined ? "removed" : "changed"}`;
}

function sourceChanges(
  path: string,
  texts: Texts,
  before: Readonly<Record<string, Source>> | undefined,
  after: Readonly<Record<string, Source>> | undefined,
  nodes: ReadonlyMap<string, Node | undefined>,
  report: (names: readonly string[], cause: string, found: { step: Step; what: string } | undefined) => void,
): void {
  if (!before || !after) {
    const when = after ? "at the earlier revision" : "now";
    report([...nodes.keys()], path, { step: "base", what: `sources.yaml cannot be read ${when}` });
    return;
  }
  let seen = false;
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [old, now] = [before[name], after[name]];
    if (sameSource(old, now)) continue;
    seen = true;
    const what = old && now ? sourceWhat(old, now) : now ? "added" : "removed";
    const users = new Map<Step, string[]>();
    for (const [node, value] of nodes) {
      if (value && sameSource(seenBy(old, value), seenBy(now, value))) continue;
      const first = value ? firstStep(value, name, before, after) : "base";
      if (first) users.set(first, [...(users.get(first) ?? []), node]);
    }
    const cause = `source ${name}`;
    if (users.size === 0) report([], cause, undefined);
    for (const [step, names] of users) report(names, cause, { step, what });
  }
  if (!seen && texts.before !== texts.after) report([], path, undefined);
}

/** The earliest step of a node that reads a source, at either revision (a snapshot may be new or gone). */
function firstStep(
  node: Node,
  source: string,
  before: Readonly<Record<string, Source>>,
  after: Readonly<Record<string, Source>>,
): Step | undefined {
  const steps = [before, after].flatMap((sources) => sourceSteps(node, sources).get(source) ?? []);
  return STEPS.find((step) => steps.includes(step));
}

/** What a source is for is text for people; a snapshot's suite is for lock alone. */
function sameSource(a: unknown, b: unknown): boolean {
  const read = (source: unknown) => canonical(source && { ...source, for: "", suite: undefined });
  return read(a) === read(b);
}

/** A source as a node sees it: of a download's sums the one of its architecture. */
function seenBy(source: Source | undefined, { arch }: Node): unknown {
  return source?.kind === "download" ? { ...source, sha256: sumOf(source, arch) } : source;
}

function sourceWhat(before: Source, after: Source): string {
  if (before.version !== after.version) return `version ${before.version} → ${after.version}`;
  const fields = ["digest", "sha256", "reference", "url", "standin", "distribution", "kind"];
  const values = [before, after].map((source) => source as unknown as Record<string, unknown>);
  const changed = fields.filter((field) => canonical(values[0]?.[field]) !== canonical(values[1]?.[field]));
  return `${changed.join(", ")} changed`;
}

function nodeChanges(path: string, before: string | undefined, after: string | undefined) {
  if (before === undefined) return [{ step: "base" as Step, what: "a new node" }];
  const old = parseNode(path, before).node;
  const now = parseNode(path, after ?? "").node;
  if (!old || !now) {
    const what = `node.yaml cannot be read ${now ? "at the earlier revision" : "now"}`;
    // Of what cannot be read at either revision (a link, say), that it changed is all that is known.
    return before === after && before !== "" ? [] : [{ step: "base" as Step, what }];
  }
  const byStep = new Map<Step, string[]>();
  for (const [field, step] of Object.entries(FIELD_STEPS)) {
    const key = field as keyof Node;
    if (baked(old[key]) !== baked(now[key])) byStep.set(step, [...(byStep.get(step) ?? []), field]);
  }
  return STEPS.flatMap((step) => {
    const fields = byStep.get(step);
    return fields ? [{ step, what: `${fields.join(", ")} changed` }] : [];
  });
}

/** Files below files/ that node.yaml names, or all of them while node.yaml cannot be read. */
function isRoleFile(file: string, node: Node | undefined): boolean {
  if (!file.startsWith("files/")) return false;
  if (!node) return true;
  return roleFiles(node).some((source) => source === file || file.startsWith(`${source}/`));
}

function moduleWhat(path: string): string {
  return path === "dagger.json" ? "the engine's version or the module's settings changed" : "the module's code changed";
}

/** A field's value as it is written into an image (the install block so, the others near enough): in the order of its keys. */
function baked(value: unknown): string {
  return stringify(value ?? null);
}

function sameCode(path: string, before: string, after: string, strip: StripCode): boolean {
  if (before === after) return true;
  if (path.endsWith(".ts")) return strip(before) === strip(after);
  if (isMounted(path)) return shellCode(before) === shellCode(after);
  if (!path.endsWith(".json")) return false;
  try {
    return canonical(JSON.parse(before)) === canonical(JSON.parse(after));
  } catch {
    return false;
  }
}

/** A shell file without comments that have a line to themselves. In a here-document such a line is content: all of it stays. */
function shellCode(text: string): string {
  return text.includes("<<") ? text : text.replace(/^\s*#(?!!).*\n/gm, "");
}

/** A text that two values share exactly where they mean the same: the order of keys does not count. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ""
  );
}
