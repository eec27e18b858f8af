import { emulatorBase } from "../boot/emulator-base.js";
import type { Node } from "../node/node.js";
import type { NEEDED_SOURCES } from "../sources/needed.js";
import type { Source } from "../sources/sources.js";

/** The steps of a build, in their order: a change in one redoes it and what comes after. */
export const STEPS = ["module", "base", "packages", "kairos", "role", "medium", "sbom", "boot"] as const;
export type Step = (typeof STEPS)[number];

/** Which step reads a field of node.yaml. Fields for people only (machine, status) stand in no image: they have none. */
export const FIELD_STEPS: Readonly<Partial<Record<keyof Node, Step>>> = {
  arch: "base",
  base: "base",
  packages: "packages",
  model: "kairos",
  name: "role",
  role: "role",
  kubernetes: "role",
  binaries: "role",
  containers: "role",
  trees: "role",
  models: "role",
  files: "role",
  units: "role",
  install: "role",
  assertions: "role",
  // The role says how large an upgrade makes its file, from these two (plan/agent-files.ts).
  medium: "role",
  budgets: "role",
  memory: "boot",
};

/** The sources that the module itself uses for every node, by name; on those that publish no build depends. */
export const TOOL_STEPS: Readonly<Record<(typeof NEEDED_SOURCES)[number], Step>> = {
  "kairos-init": "kairos",
  auroraboot: "medium",
  syft: "sbom",
};

/** The sources a node uses, each with the steps that read it. */
export function sourceSteps(node: Node, sources: Readonly<Record<string, Source>>): Map<string, Step[]> {
  const used = new Map<string, Step[]>();
  const add = (name: string, step: Step) => {
    const steps = used.get(name) ?? [];
    if (!steps.includes(step)) used.set(name, [...steps, step]);
  };
  for (const [name, step] of Object.entries(TOOL_STEPS)) add(name, step);
  add(node.base, "base");
  const base = sources[node.base];
  if (base?.kind === "image") add(emulatorBase({ sources }, node.base).source, "boot");
  const image = base?.kind === "image" ? base.reference.split("/").at(-1) : undefined;
  // An image of another name may be made from any distribution: only its own /etc/os-release would tell.
  const distribution = image === "ubuntu" || image === "debian" ? image : undefined;
  for (const [name, source] of Object.entries(sources)) {
    if (source.kind === "apt-snapshot" && source.distribution === (distribution ?? source.distribution)) {
      add(name, "packages");
    }
  }
  if (node.kubernetes) add(node.kubernetes.source, "role");
  for (const { source } of [...node.binaries, ...node.containers, ...node.trees]) add(source, "role");
  return used;
}

/**
 * Parts of the module that decide nothing about what is built: checks refuse a build or let it pass, publishing comes
 * after it. A test holds that no building code imports them but to be refused.
 */
const NOT_BUILDING = new RegExp(
  [
    "^\\.dagger/src/(check/(?!read-|workspace)|node/rules|publish/)",
    "^\\.dagger/src/plan/(affected|diff|release|tags)[^/]*\\.ts$",
    "^\\.dagger/(README\\.md|\\.git\\w+|tsconfig\\.json)$",
  ].join("|"),
);

/** The step that a file of the module itself belongs to; undefined where no build depends on the file. */
export function moduleStep(path: string): Step | undefined {
  if (path === "dagger.json") return "module";
  if (!path.startsWith(".dagger/") || NOT_BUILDING.test(path) || path.endsWith(".md")) return undefined;
  const folder = /^\.dagger\/src\/([^/]+)\//.exec(path)?.[1];
  // What is baked into each image, and so the role's (plan/role.ts), although a proof and a gate use it.
  if (/^\.dagger\/src\/boot\/role-(check|gate)\//.test(path)) return "role";
  if (folder === "media") return "medium";
  if (folder === "boot") return "boot";
  return "module";
}
