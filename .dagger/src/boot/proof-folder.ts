import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Directory, dag } from "@dagger.io/dagger";
import { hostnamesOf } from "../cloudconfig/facts.js";
import { HegemonikonError } from "../errors.js";
import type { Recipe } from "../plan/recipe.js";
import { bakedIn } from "../plan/role.js";
import { readRuns } from "./read-runs.js";
import { type ReportInput, reportHtml } from "./report.js";
import { resultFiles } from "./result.js";
import type { Stage } from "./stages.js";
import { failureOf, failureText, forbidden, skippedSentences } from "./verdict.js";

/** What is proven, and how it is asked for. */
export type Proven = {
  recipe: Recipe;
  stages: Stage[];
  sizes: ReportInput["sizes"];
  /** What is not shown, a sentence each. */
  limits?: readonly string[];
  evenFailed: boolean;
};

/** A proof's folder, of what the machines left. Throws a HegemonikonError that says why where something is not proven. */
export async function proofFolder(out: Directory, proven: Proven): Promise<Directory> {
  const { recipe, stages, sizes, limits = [], evenFailed } = proven;
  const { node, version, used } = recipe;
  const { host, runs, ports, screenshots } = await exported(out, (folder) => readRuns(folder, stages));
  const failure = failureOf({ ...node, ...hostnameIn(recipe) }, runs, host);
  if (failure && !evenFailed) throw new HegemonikonError(failureText(node.name, failure, host));
  // The folder is all that a call returns: this is read where it runs.
  for (const said of skippedSentences(runs)) console.error(`${node.name}: not shown: ${said}`);
  const standins = used.filter(({ standin }) => standin).map(({ name }) => name);
  const report = { node, version, host, runs, failure, standins, limits, sizes, ports, screenshots };
  const texts = [...resultFiles(report), { path: "report.html", text: reportHtml(report) }];
  const kept = dag.directory().withDirectory("/", out, { include: ["*/serial.log", "*/screenshot.png", "*/qemu.log"] });
  return texts.reduce((dir, { path, text }) => dir.withNewFile(path, text), kept);
}

/** The host name that a node's cloud-config gives it, where it gives one whatever the machine. */
function hostnameIn({ node, role }: Recipe): { hostname?: string } {
  const names = new Set(hostnamesOf(bakedIn(node.name, role)).map(({ value }) => value));
  const [hostname = ""] = names;
  return names.size === 1 && /^[a-z0-9.-]+$/i.test(hostname) ? { hostname } : {};
}

/** Reads a folder of the engine in the module's own container. */
export async function exported<T>(folder: Directory, read: (path: string) => T): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), "hegemonikon-"));
  try {
    await folder.export(path);
    return read(path);
  } catch (error) {
    throw forbidden(error) ?? error;
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
