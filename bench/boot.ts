// Boots a node's medium ten times in a row and counts: `local/bun bench/boot.ts [NODE] [TIMES]` (noos, 10). Each is a machine of
// its own; a proof that fails is counted and not tried again. Prints a table; exit code 1 unless all were proven.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const [node = "noos", times = "10"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "boots-"));
// Another number than any run before had: a result of the engine's cache is no measurement.
const first = Math.floor(Date.now() / 1000) % 1_000_000_000;

let proven = 0;
console.log("run\tproven\trole-check\trole proven\thost\tnot shown\tfailure");
for (let run = 1; run <= Number(times); run++) {
  const out = join(folder, String(run));
  const args = ["boot", `--node=${node}`, "--even-failed", `--attempt=${first + run}`, "-o", out];
  const call = spawnSync(join(root, "hegemonikon"), args, { encoding: "utf8" });
  if (!existsSync(join(out, "result.json"))) throw new Error(`run ${run} gave no result:\n${call.stderr}`);
  const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
  const stage = result.stages[0];
  const last = Math.max(...stage.assertions.map(({ seconds }: { seconds: number }) => seconds));
  const started = stage.reached.find(({ name }: { name: string }) => name === "role-check")?.seconds;
  const host = `${result.host.accelerated ? "kvm" : "emulated"}, load ${result.host.load}`;
  // a proof without it is one of less
  const skipped = stage.assertions.filter((one: { skipped?: string }) => one.skipped !== undefined).length;
  const times = [`${started} s`, `${last} s`];
  console.log([run, result.proven, ...times, host, skipped, result.failure?.sentence ?? ""].join("\t"));
  if (result.proven) proven++;
}
console.log(`${proven} of ${times} proven; ${folder}`);
process.exit(proven === Number(times) ? 0 : 1);
