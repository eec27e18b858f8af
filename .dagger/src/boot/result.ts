import { simulatedIn } from "./board/simulated.js";
import { tapOnly } from "./proof.js";
import type { ReportInput } from "./report.js";
import { skippedSentences } from "./verdict.js";

/** A text file of a proof's folder. */
export type ResultFile = { path: string; text: string };

/** A proof's files besides its logs and pictures: what each stage reported, and all of it as result.json. */
export function resultFiles(input: ReportInput & { ports: ReadonlyMap<string, string> }): ResultFile[] {
  const files: ResultFile[] = [];
  for (const { stage, proof } of input.runs) {
    const port = input.ports.get(stage.name);
    if (port) files.push({ path: `${stage.name}/role.tap`, text: tapOnly(port) });
    for (const [name, text] of proof.files) files.push({ path: `${stage.name}/${name}`, text });
  }
  files.push({ path: "result.json", text: `${JSON.stringify(resultOf(input), null, 2)}\n` });
  return files;
}

function resultOf({ node, version, host, runs, failure, standins, limits, sizes }: ReportInput) {
  return {
    node: node.name,
    version,
    proven: failure === undefined,
    failure: failure ?? null,
    standins,
    notShown: [...skippedSentences(runs), ...limits],
    host,
    sizes,
    stages: runs.map(({ stage, outcome, proof }) => ({
      name: stage.name,
      title: stage.title,
      ended: outcome.reason,
      reached: outcome.reached,
      assertions: proof.results.map((result) => ({ ...result, simulated: simulatedIn(result, proof) })),
      facts: Object.fromEntries(proof.facts),
    })),
  };
}
