import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Times the builds that people wait for: ./local/bun bench/build.ts [--sequential] [--all]
// cold (every layer made again), no change, one role file changed, and with --all the four nodes after one; with
// --sequential also bench/sequential.sh, the same steps one after another as they are done today. Seconds of wall time.

const root = join(import.meta.dir, "..");
const folder = mkdtempSync(join(tmpdir(), "hegemonikon-bench-"));
const sourcesPath = process.env.HEGEMONIKON_SOURCES ?? join(root, "sources.yaml");
// A distribution that no base is: nothing in an image changes, but every layer is made again.
const salt = `\n  salt:\n    kind: apt-snapshot\n    for: a cold build\n    distribution: none\n    url: http://127.0.0.1/${Date.now()}\n    version: 20260101T000000Z\n`;
const coldSources = join(folder, "sources.yaml");
const nodes = join(folder, "nodes");
writeFileSync(coldSources, readFileSync(sourcesPath, "utf8") + salt);
cpSync(join(root, "nodes"), nodes, { recursive: true });

const used = () => {
  const { blocks, bfree, bsize } = statfsSync(folder);
  return (blocks - bfree) * bsize;
};
const before = used();
let peak = 0;

function timed(name: string, command: string, args: string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = (performance.now() - started) / 1000;
  peak = Math.max(peak, used() - before);
  if (status !== 0) throw new Error(`${name}: exit code ${status}\n${stderr.slice(-2000)}`);
  console.log(`${name}: ${seconds.toFixed(1)} s`);
  return seconds;
}

function build(name: string, node: string): number {
  const flags = [`--sources=${coldSources}`, `--nodes=${nodes}`, "build", `--node=${node}`];
  const call = ["local/call.ts", ...flags, "export", `--path=${join(folder, "dist", node)}`];
  return timed(name, process.execPath, call);
}

try {
  const node = "noos";
  const cold = build(`${node}, cold`, node);
  const again = build(`${node}, no change`, node);
  writeFileSync(
    join(nodes, node, "cloud-config.yaml"),
    `${readFileSync(join(nodes, node, "cloud-config.yaml"), "utf8")}# changed\n`,
  );
  const role = build(`${node}, one role file changed`, node);
  const lines = [
    `no change under 10 s: ${again < 10 ? "met" : "missed"}`,
    `role change to finished ISO under 45 s: ${role < 45 ? "met" : "missed"}`,
  ];
  if (process.argv.includes("--all")) {
    const rest = ["kairos", "protos", "thuroros"].map((other) => build(`${other}, after ${node}`, other));
    const all = rest.reduce((sum, seconds) => sum + seconds, cold);
    lines.push(`four nodes ${(all / cold).toFixed(2)} times one, under 2: ${all < 2 * cold ? "met" : "missed"}`);
  }
  if (process.argv.includes("--sequential")) {
    const one = timed(`${node}, the sequential way`, join(root, "bench/sequential.sh"), [
      node,
      coldSources,
      join(folder, "seq"),
    ]);
    lines.push(
      `cold ${(cold / one).toFixed(2)} of the sequential way, at most 0.6: ${cold <= 0.6 * one ? "met" : "missed"}`,
    );
  }
  lines.push(`disk at its highest: ${(peak / 1024 ** 3).toFixed(1)} GiB more than before`);
  console.log(lines.join("\n"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
