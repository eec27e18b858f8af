import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const root = join(import.meta.dir, "../../..");
export const folder = join(root, ".github/workflows");

export type Step = {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
  "continue-on-error"?: boolean | string;
};
export type Job = {
  name?: string;
  if?: string;
  needs?: string | string[];
  "continue-on-error"?: boolean;
  uses?: string;
  permissions?: Record<string, string>;
  outputs?: Record<string, string>;
  strategy?: { "fail-fast"?: boolean; matrix?: { include?: string } };
  with?: Record<string, unknown>;
  "timeout-minutes"?: number;
  env?: Record<string, string>;
  steps?: Step[];
};
export type Workflow = {
  file: string;
  text: string;
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: unknown;
  defaults?: { run?: { shell?: string } };
  jobs: Record<string, Job>;
};

/** Every workflow of the repository, parsed. */
export function workflows(): Workflow[] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return { ...(parse(text) as Omit<Workflow, "file" | "text">), file, text };
    });
}

/** Every step, with where it stands. */
export function steps(): { at: string; step: Step }[] {
  return workflows().flatMap(({ file, jobs }) =>
    Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
      steps.map((step, i) => ({ at: `${file} ${job} ${step.name ?? step.id ?? step.uses ?? i}`, step })),
    ),
  );
}

/** The words of every `dagger call` in a script, without `dagger call` and where its output goes; a shell variable stands as its name. */
export function daggerCalls(script: string): string[][] {
  const named = script
    .replaceAll('"', "")
    .replace(/\$\{(\w+)[^}]*\}/g, "$1")
    .replace(/\$(\w+)/g, "$1");
  return [...named.matchAll(/\bdagger call ([^|>;}\n]*)/g)].map(([, words = ""]) =>
    words.replace(/\s\d$/, "").trim().split(/\s+/),
  );
}
