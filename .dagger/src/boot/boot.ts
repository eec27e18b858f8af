import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, type Directory, dag } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { summarize } from "../manifest/content.js";
import { inspected, medium } from "../media/build.js";
import type { Recipe } from "../plan/recipe.js";
import { readRuns } from "./read-runs.js";
import { reportHtml } from "./report.js";
import { type ResultFile, resultFiles } from "./result.js";
import { BootRoute } from "./route.js";
import { planFiles, stagesOf } from "./stages.js";
import { emulator, runStages, unattended } from "./tools.js";
import { failureOf, failureText } from "./verdict.js";

/** What is asked of a proof. */
export type BootWanted = { route: BootRoute; kvm: boolean; evenFailed: boolean; attempt: number };

const ROUTES = {
  [BootRoute.Live]: "live",
  [BootRoute.Installed]: "installed",
} as const;

/** Boots a node's medium and proves its role. Throws a HegemonikonError that says why where it is not proven. */
export async function boot(recipe: Recipe, image: Container, wanted: BootWanted): Promise<Directory> {
  const { node, version, artefacts, used } = recipe;
  if (node.medium !== "iso") {
    throw new HegemonikonError(
      `nodes/${node.name}/node.yaml: medium is ${node.medium}; boot proves nodes whose medium is iso. A RAW disk for a board ` +
        "starts only on that board: raw checks its partitions and firmware instead",
    );
  }
  const seen = await inspected(recipe, image);
  const { file: iso } = await medium(recipe, seen);
  const tools = await emulator(recipe, "uefi");
  const stages = stagesOf(node, ROUTES[wanted.route]);
  let media = dag.directory().withFile("node.iso", iso);
  if (stages.length > 1) media = media.withFile("unattended.iso", unattended(tools, iso));
  const out = runStages(tools, planFiles(node, stages, "uefi", wanted.kvm), media, wanted.attempt, wanted.kvm);

  const { host, runs, ports, screenshots } = await exported(out, (folder) => readRuns(folder, stages));
  const failure = failureOf(node, runs, host);
  if (failure && !wanted.evenFailed) throw new HegemonikonError(failureText(node.name, failure, host));
  const standins = used.filter(({ standin }) => standin).map(({ name }) => name);
  const sizes = [
    { name: "root file system, unpacked", bytes: summarize(seen.listing).bytes },
    { name: artefacts.medium, bytes: await iso.size() },
  ];
  const report = { node, version, host, runs, failure, standins, sizes, ports, screenshots };
  const kept = dag.directory().withDirectory("/", out, { include: ["*/serial.log", "*/screenshot.png", "*/qemu.log"] });
  return withTexts(kept, [...resultFiles(report), { path: "report.html", text: reportHtml(report) }]);
}

function withTexts(folder: Directory, files: ResultFile[]): Directory {
  return files.reduce((dir, { path, text }) => dir.withNewFile(path, text), folder);
}

/** Reads a folder of the engine in the module's own container. */
async function exported<T>(folder: Directory, read: (path: string) => T): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), "hegemonikon-"));
  try {
    await folder.export(path);
    return read(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
