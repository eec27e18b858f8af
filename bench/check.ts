import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeNames } from "../test/nodes";

// How long `check` takes, as a process: for the repository's nodes, and for 500 made from them: ./local/bun bench/check.ts.
// Targets: under 2 s warm for the repository's, under 5 s for 500.

const root = join(import.meta.dir, "..");
const runs = 5;

type Times = { wall: number; cpu: number };

/** Milliseconds of the median run. CPU time is there for a machine that others use as well. */
function median(nodes: string): Times {
  const times: Times[] = [];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    const child = Bun.spawnSync([
      process.execPath,
      join(root, "local/check.ts"),
      "check",
      `--nodes=${nodes}`,
      `--sources=${join(root, "sources.yaml")}`,
    ]);
    if (child.exitCode !== 0) throw new Error(`check failed:\n${child.stdout.toString().slice(0, 2000)}`);
    const cpu = Number(child.resourceUsage.cpuTime.total) / 1000;
    if (i > 0) times.push({ wall: performance.now() - start, cpu }); // the first one warms the disk's cache
  }
  const middle = times.sort((a, b) => a.wall - b.wall)[Math.floor(times.length / 2)];
  if (!middle) throw new Error("no runs");
  return middle;
}

/** Copies of the repository's nodes, each under a name and host name of its own. */
function generate(folder: string, count: number): void {
  const originals = nodeNames(root);
  for (let i = 0; i < count; i++) {
    const original = originals[i % originals.length] as string;
    const name = `${original}-${i}`;
    const target = join(folder, name);
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "nodes", original), target, { recursive: true });
    for (const file of ["node.yaml", "cloud-config.yaml"]) {
      const text = readFileSync(join(target, file), "utf8");
      writeFileSync(
        join(target, file),
        text
          .replace(`name: ${original}\n`, `name: ${name}\n`)
          .replaceAll(`hostname: ${original}\n`, `hostname: ${name}\n`),
      );
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), "bench-check-"));
try {
  generate(join(folder, "nodes"), 500);
  const cases = [
    { what: "the repository's nodes", nodes: join(root, "nodes"), target: 2000 },
    { what: "500 generated nodes", nodes: join(folder, "nodes"), target: 5000 },
  ];
  for (const { what, nodes, target } of cases) {
    const { wall, cpu } = median(nodes);
    const verdict = wall > target ? " MISSED" : "";
    console.log(
      `check, ${what}: ${Math.round(wall)} ms, ${Math.round(cpu)} ms of CPU (median of ${runs}; target ${target} ms)${verdict}`,
    );
    if (wall > target) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
