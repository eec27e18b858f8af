import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { environment } from "./environment";
import { asText, type Contexts, condition, interpolate, type Value, type Went } from "./expression";
import { type Job, root, type Step, workflows } from "./workflows";

// Runs the repository's workflows on this machine, step by step, from their YAML: scripts by bash, expressions by
// expression.ts, and the few actions that are used by what they do here. Anything else is an error and not skipped.

export type Result = "success" | "failure" | "cancelled" | "skipped";
export type RanStep = { name: string; code: number | "skipped"; said: string };
export type RanJob = {
  result: Result;
  outputs: { [name: string]: Value };
  steps: RanStep[];
  summary: string;
  workspace: string;
};

/** An event, as far as the workflows look at it; `origin` is a bare repository that has its commit. */
export type Machine = {
  origin: string;
  github: { [name: string]: Value };
  /** First in PATH: the programs that take the place of GitHub's. */
  bin: string;
  env: Record<string, string>;
  /** Takes the calls of `dagger`; the module on this machine's engine where it is not given. */
  dagger?: string;
  /** The token of a job that may write packages. */
  token: string;
  /** Where artefacts are kept; those of one run. */
  artifacts: string;
};

type Ran = { machine: Machine; job: Job; contexts: Contexts; workspace: string; path: string[] };

/** Every folder that was made here: workspaces and artefacts hold media. */
const folders: string[] = [];

function temporary(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `hegemonikon-${name}-`));
  folders.push(folder);
  return folder;
}

/** A machine for one run of a workflow. */
export function machine(given: Omit<Machine, "artifacts">): Machine {
  return { ...given, artifacts: temporary("artifacts") };
}

/** Removes every workspace and artefact of all machines. */
export function cleanUp(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

function daggerIn(bin: string, program = `"${process.execPath}" "${root}/test/fixtures/github/dagger.ts"`): void {
  writeFileSync(join(bin, "dagger"), `#!/bin/sh\nexec ${program} "$@"\n`);
  chmodSync(join(bin, "dagger"), 0o755);
}

/** What each action that is used does here; the first word of its `uses`. */
const ACTIONS: { [name: string]: { why: string; run: (step: Step, ran: Ran) => void } } = {
  "actions/checkout": { why: "the same git commands, from a bare repository on this machine", run: checkout },
  "dagger/dagger-for-github": {
    why: "downloads the CLI; here the version is compared, and the engine that runs takes the calls",
    run: (step, { path, machine }) => {
      const wanted = JSON.parse(readFileSync(join(root, "dagger.json"), "utf8")).engineVersion;
      if (`v${step.with?.version}` !== wanted)
        throw new Error(`dagger ${step.with?.version}, dagger.json says ${wanted}`);
      const only = Object.keys(step.with ?? {}).filter((name) => name !== "version");
      if (only.length > 0) throw new Error(`dagger-for-github: ${only} would do more than install`);
      daggerIn(machine.bin, machine.dagger);
      path.unshift(machine.bin);
    },
  },
  "github/codeql-action/upload-sarif": {
    why: "sends to GitHub; here the file must be there and be SARIF",
    run: (step, { workspace }) => {
      const { version } = JSON.parse(readFileSync(join(workspace, String(step.with?.sarif_file)), "utf8"));
      if (version !== "2.1.0") throw new Error(`SARIF ${version}`);
    },
  },
  "actions/upload-artifact": { why: "copies into a folder", run: upload },
  "actions/download-artifact": { why: "copies out of that folder", run: download },
};

/** The actions that the runner knows, each with what it does in place of the real one. */
export const replaced = Object.fromEntries(Object.entries(ACTIONS).map(([name, { why }]) => [name, why]));

const ran = new Set<string>();

/** Every job that was run in this process, `FILE JOB`. */
export const ranJobs = (): string[] => [...ran].sort();

/** Runs one job of a workflow, or, where it calls another workflow, that one's only job. */
export function runJob(machine: Machine, file: string, name: string, given: Contexts = {}): RanJob {
  const workflow = workflows().find((one) => one.file === file);
  const job = workflow?.jobs[name];
  if (!job) throw new Error(`${file} has no job ${name}`);
  ran.add(`${file} ${name}`);
  const writes = (job.permissions ?? (given.permissions as { [name: string]: string }) ?? {}) as Record<string, string>;
  const token = writes.packages === "write" ? machine.token : "a-token-that-may-only-read";
  const contexts: Contexts = { needs: {}, inputs: {}, ...given, github: { ...machine.github, token } };
  if (job.uses) {
    const inputs = Object.fromEntries(
      Object.entries(job.with ?? {}).map(([key, value]) => [key, filled(value as Value, contexts)]),
    );
    const called = job.uses.replace("./.github/workflows/", "");
    const [only = ""] = Object.keys(workflows().find((one) => one.file === called)?.jobs ?? {});
    return runJob(machine, called, only, { inputs: { ...defaults(called), ...inputs }, permissions: writes as Value });
  }
  return runSteps({ machine, job, contexts, workspace: temporary("job"), path: [] }, writes);
}

function runSteps(ran: Ran, permissions: Record<string, string>): RanJob {
  const { machine, job, contexts, workspace } = ran;
  const files = temporary("github");
  const steps: RanStep[] = [];
  const seen: { [id: string]: Value } = {};
  let went: Went = "success";
  contexts.steps = seen;
  const identity =
    permissions["id-token"] === "write"
      ? { ACTIONS_ID_TOKEN_REQUEST_URL: "https://identity.invalid/?v=1", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "identity" }
      : {};
  for (const [i, step] of (job.steps ?? []).entries()) {
    const name = step.name ?? step.id ?? step.uses?.replace(/@.*/, "") ?? `step ${i}`;
    if (!condition(step.if, contexts, went)) {
      if (step.id) seen[step.id] = { outputs: {}, outcome: "skipped" };
      steps.push({ name, code: "skipped", said: "" });
      continue;
    }
    const output = join(files, `output-${i}`);
    const env = { ...texts(job.env, contexts), ...texts(step.env, contexts) };
    let [code, said] = [0, ""];
    if (step.run !== undefined) {
      // What `shell: bash` is, which every workflow sets.
      const done = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run], {
        cwd: workspace,
        env: {
          ...environment(),
          ...machine.env,
          ...identity,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: join(files, "summary"),
          RUNNER_TEMP: files,
          GITHUB_SERVER_URL: String(machine.github.server_url),
          PATH: [...ran.path, process.env.PATH].join(":"),
          ...env,
        },
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
      [code, said] = [done.status ?? 1, `${done.stdout}${done.stderr}`];
    } else {
      [code, said] = acted({ ...step, with: withValues(step, contexts) }, ran);
    }
    const printed = existsSync(output) ? readFileSync(output, "utf8") : "";
    const outputs = Object.fromEntries(
      [...printed.matchAll(/^([\w-]+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
    );
    if (step.id) seen[step.id] = { outputs, outcome: code === 0 ? "success" : "failure" };
    steps.push({ name, code, said });
    const tolerated = step["continue-on-error"];
    const goesOn = tolerated === true || filled(tolerated as Value, contexts) === true;
    if (code !== 0 && !goesOn) went = "failure";
  }
  const summary = existsSync(join(files, "summary")) ? readFileSync(join(files, "summary"), "utf8") : "";
  const outputs = Object.fromEntries(
    Object.entries(job.outputs ?? {}).map(([key, value]) => [key, interpolate(value, contexts)]),
  );
  return { result: went, outputs, steps, summary, workspace };
}

function acted(step: Step, ran: Ran): [code: number, said: string] {
  const name = step.uses?.replace(/@.*/, "") ?? "";
  const action = ACTIONS[name];
  if (!action) throw new Error(`${name} is not known to the tests' runner: say in runner.ts what it does here`);
  try {
    action.run(step, ran);
    return [0, ""];
  } catch (error) {
    return [1, (error as Error).message];
  }
}

/** A run of jobs in the order of their needs. */
export type RanWorkflow = { [job: string]: RanJob[] };

/**
 * Runs a whole workflow. `instead` gives the result of a job that is not run here (or an error's text for why it must not
 * run); `entries` picks from a job's matrix.
 */
export function runWorkflow(
  machine: Machine,
  file: string,
  {
    instead = {},
    entries = () => true,
  }: {
    instead?: { [job: string]: Result };
    entries?: (entry: { [name: string]: Value }) => boolean;
  } = {},
): RanWorkflow {
  const jobs = workflows().find((one) => one.file === file)?.jobs ?? {};
  const ran: RanWorkflow = {};
  while (Object.keys(ran).length < Object.keys(jobs).length) {
    const ready = Object.entries(jobs).filter(
      ([name, { needs }]) => !(name in ran) && [needs ?? []].flat().every((need) => need in ran),
    );
    for (const [name, job] of ready) {
      const needs = Object.fromEntries(
        [job.needs ?? []]
          .flat()
          .map((need) => [need, { result: resultOf(ran[need]), outputs: ran[need]?.[0]?.outputs ?? {} }]),
      );
      const contexts = { needs, github: machine.github };
      const results = Object.values(needs).map(({ result }) => result);
      const went = results.every((result) => result === "success") ? "success" : "failure";
      if (!condition(job.if, contexts, went)) ran[name] = [none("skipped")];
      else if (instead[name]) ran[name] = [none(instead[name])];
      else {
        const include = job.strategy?.matrix?.include;
        const list = include === undefined ? [undefined] : (filled(include, contexts) as { [name: string]: Value }[]);
        const chosen = list.filter((entry) => entry === undefined || entries(entry));
        ran[name] = chosen.map((matrix) => runJob(machine, file, name, { needs, ...(matrix ? { matrix } : {}) }));
      }
    }
  }
  return ran;
}

/** What a job that needs another sees of it. */
export function resultOf(jobs: RanJob[] | undefined): Result {
  return jobs?.find(({ result }) => result !== "success")?.result ?? "success";
}

function none(result: Result): RanJob {
  return { result, outputs: {}, steps: [], summary: "", workspace: "" };
}

function filled(value: Value, contexts: Contexts): Value {
  return typeof value === "string" ? interpolate(value, contexts) : value;
}

function texts(env: Record<string, Value> | undefined, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([key, value]) => [key, asText(filled(value, contexts))]));
}

function withValues(step: Step, contexts: Contexts): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(step.with ?? {}).map(([key, value]) => [key, filled(value as Value, contexts)]),
  );
}

function defaults(file: string): { [name: string]: Value } {
  const on = workflows().find((one) => one.file === file)?.on as {
    workflow_call?: { inputs?: { [name: string]: { default?: Value } } };
  };
  return Object.fromEntries(
    Object.entries(on.workflow_call?.inputs ?? {}).map(([name, input]) => [name, input.default]),
  );
}

/** What actions/checkout does: the event's commit, detached, as deep as it is told to be. */
function checkout(step: Step, { machine, workspace }: Ran): void {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  const { sha, ref } = machine.github as { sha: string; ref: string };
  git("init", "--quiet");
  git("remote", "add", "origin", `file://${machine.origin}`);
  const all = step.with?.["fetch-depth"] === 0;
  const local = ref.startsWith("refs/tags/") ? ref : ref.replace("refs/heads/", "refs/remotes/origin/");
  const refs = all ? ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"] : [`+${sha}:${local}`];
  git("-c", "protocol.version=2", "fetch", "--quiet", "--no-tags", ...(all ? [] : ["--depth=1"]), "origin", ...refs);
  git("-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", sha);
  // What `./hegemonikon` or a dagger call would install, and no change of the repository's files.
  symlinkSync(join(root, "node_modules"), join(workspace, "node_modules"));
  appendFileSync(join(workspace, ".git/info/exclude"), "node_modules\n");
}

function upload(step: Step, { machine, workspace }: Ran): void {
  const target = join(machine.artifacts, String(step.with?.name));
  const patterns = String(step.with?.path).trim().split("\n");
  const found = patterns.flatMap((pattern) => {
    const whole = join(workspace, pattern.trim());
    if (!pattern.includes("*")) return existsSync(whole) ? [pattern.trim().replace(/\/$/, "")] : [];
    const expression = new RegExp(
      `^${(pattern.trim().split("/").at(-1) ?? "").replaceAll(".", "\\.").replaceAll("*", ".*")}$`,
    );
    const folder = dirname(pattern.trim());
    if (!existsSync(join(workspace, folder))) return [];
    return readdirSync(join(workspace, folder)).flatMap((name) => (expression.test(name) ? [join(folder, name)] : []));
  });
  if (found.length === 0 && step.with?.["if-no-files-found"] === "error") throw new Error("no files were found");
  mkdirSync(target, { recursive: true });
  const from = join(workspace, artifactRoot(patterns, workspace));
  for (const path of found) {
    cpSync(join(workspace, path), join(target, relative(from, join(workspace, path))), { recursive: true });
  }
}

/** The folder that paths in an artefact are relative to: what the patterns' folders have in common. */
export function artifactRoot(patterns: readonly string[], workspace: string): string {
  const parts = patterns.map((pattern) => {
    const path = pattern.trim().replace(/\/$/, "").split("/");
    const literal = path.findIndex((part) => part.includes("*"));
    return literal === -1 ? path : path.slice(0, literal);
  });
  const [first = [], ...others] = parts;
  const differs = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  const common = (differs === -1 ? first : first.slice(0, differs)).join("/");
  const whole = join(workspace, common);
  return existsSync(whole) && statSync(whole).isFile() ? dirname(common) : common;
}

function download(step: Step, { machine, workspace }: Ran): void {
  const prefix = String(step.with?.pattern).replace(/\*$/, "");
  if (step.with?.["merge-multiple"] !== true) throw new Error("download-artifact: only merged ones are known here");
  const target = join(workspace, String(step.with?.path));
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(machine.artifacts).filter((one) => one.startsWith(prefix))) {
    cpSync(join(machine.artifacts, name), target, { recursive: true });
  }
}
