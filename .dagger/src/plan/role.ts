import { roleCheckEntries } from "../boot/role-check/entries.js";
import { roleGateEntries } from "../boot/role-gate/entries.js";
import { usersOf } from "../cloudconfig/facts.js";
import { HegemonikonError } from "../errors.js";
import type { Node } from "../node/node.js";
import type { Sources } from "../sources/sources.js";
import { agentEntries } from "./agent-files.js";
import { bakedCloudConfig } from "./baked-cloud-config.js";
import { type DownloadReference, downloadReference, type ImageReference, imageReference } from "./references.js";
import { SHARE } from "./share.js";
import { cannotEnable, enableLinks, type Link, UNIT_FOLDER } from "./unit-links.js";

/** One thing that the role's layer adds. Every entry is owned by root. */
export type RoleEntry =
  | { kind: "text"; path: string; mode: number; text: string }
  /** A file of the node's folder; `source` starts with `files/`. */
  | { kind: "file"; path: string; mode: number; source: string }
  | { kind: "download"; path: string; mode: number; download: DownloadReference }
  /** A container image, as an OCI archive inside the image. */
  | { kind: "archive"; path: string; mode: number; image: ImageReference }
  /** The root file system of an image, as a folder; its modes are its own. */
  | { kind: "tree"; path: string; image: ImageReference }
  | ({ kind: "link" } & Link);

/** What the project itself adds: files whose text is here, and links. */
export type WrittenEntry = Extract<RoleEntry, { kind: "text" | "link" }>;

/** The texts a role is made of, besides node.yaml. */
export type RoleInput = {
  node: Node;
  sources: Sources;
  /** nodes/<name>/cloud-config.yaml, as it is written. */
  cloudConfig: string;
  /** The unit files below files/, by their path in node.yaml (`source`). */
  unitTexts: ReadonlyMap<string, string>;
};

/** Where the cloud-config of a node stands in its image. */
const bakedAt = (node: string) => `/system/oem/90_${node}.yaml`;

/** The cloud-config that a role bakes, as it stands in the image; empty where it bakes none. */
export function bakedIn(node: string, role: readonly RoleEntry[]): string {
  const entry = role.find(({ path }) => path === bakedAt(node));
  return entry?.kind === "text" ? entry.text : "";
}

/** The role's layer, in the order of its paths. Throws a HegemonikonError that lists every mistake. */
export function roleEntries(input: RoleInput): RoleEntry[] {
  const { node, sources } = input;
  const entries: RoleEntry[] = [];
  const text = (path: string, content: string, mode = 0o644) =>
    entries.push({ kind: "text", path, mode, text: content });
  const json = (path: string, value: unknown) => text(path, `${JSON.stringify(value, null, 2)}\n`);

  for (const file of node.files) {
    entries.push({ kind: "file", path: file.path, mode: Number.parseInt(file.mode, 8), source: file.source });
  }
  const mistakes: string[] = [];
  for (const unit of node.units) {
    const content = unit.source === undefined ? undefined : input.unitTexts.get(unit.source);
    if (unit.source === undefined) {
      // A quadlet's unit is generated at boot and enabled by its own [Install]; a package's is linked by its name.
      if (unit.enable && !quadletOf(node, unit.name)) {
        entries.push({
          kind: "link",
          path: `${UNIT_FOLDER}/${defaultTarget(unit.name)}.wants/${unit.name}`,
          target: `../${unit.name}`,
        });
      }
      continue;
    }
    entries.push({ kind: "file", path: `${UNIT_FOLDER}/${unit.name}`, mode: 0o644, source: unit.source });
    const wrong = content === undefined ? undefined : cannotEnable(unit, content);
    if (content === undefined) mistakes.push(`${unit.source} is not a file in nodes/${node.name}`);
    else if (wrong) mistakes.push(`${unit.source}: found ${wrong.found}, expected ${wrong.expected}`);
    else if (unit.enable) for (const link of enableLinks(unit.name, content)) entries.push({ kind: "link", ...link });
  }
  for (const binary of node.binaries) {
    entries.push({
      kind: "download",
      path: binary.path,
      mode: 0o755,
      download: downloadReference(sources, binary.source, node.arch),
    });
  }
  if (node.kubernetes) {
    const { distribution, source } = node.kubernetes;
    const download = downloadReference(sources, source, node.arch);
    entries.push({ kind: "download", path: `/usr/bin/${distribution}`, mode: 0o755, download });
  }

  for (const { source, path } of node.trees) {
    entries.push({ kind: "tree", path, image: imageReference(sources, source) });
  }

  const containers = node.containers.map(({ source, delivery }) => {
    const image = imageReference(sources, source);
    const entry = sources.sources[source] as { reference: string; version: string; digest?: string };
    const archive = `${SHARE}/containers/${source}.oci.tar`;
    if (delivery === "baked") entries.push({ kind: "archive", path: archive, mode: 0o644, image });
    return {
      source,
      reference: entry.reference,
      version: entry.version,
      digest: entry.digest ?? null,
      delivery,
      ...(delivery === "baked" ? { archive } : {}),
    };
  });
  json(`${SHARE}/containers.json`, containers);
  json(`${SHARE}/models.json`, node.models);
  json(`${SHARE}/node.json`, { name: node.name, role: node.role });

  entries.push(...roleCheckEntries(node), ...roleGateEntries(), ...agentEntries(node));

  text(bakedAt(node.name), bakedCloudConfig(input.cloudConfig));
  if (!declaresUsers(input)) text("/etc/kairos/.nousers", "");

  if (mistakes.length > 0) {
    throw new HegemonikonError(
      [`nodes/${node.name}/node.yaml: units that cannot be built in:`, ...mistakes.map((m) => `  ${m}`)].join("\n"),
    );
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Whether someone could log in: the installer refuses an image without a user unless the file .nousers says so. */
function declaresUsers({ cloudConfig }: Pick<RoleInput, "cloudConfig">): boolean {
  return usersOf(cloudConfig).length > 0;
}

function quadletOf(node: Node, unit: string): boolean {
  const stem = unit.replace(/\.[a-z]+$/, "");
  return node.files.some(({ path }) =>
    [`${stem}.container`, `${stem}.pod`, `${stem}.kube`].some((name) => path.endsWith(`/containers/systemd/${name}`)),
  );
}

function defaultTarget(unit: string): string {
  if (unit.endsWith(".timer")) return "timers.target";
  if (unit.endsWith(".socket")) return "sockets.target";
  return "multi-user.target";
}
