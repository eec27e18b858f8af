// Times the way from nothing to a call: `local/bun bench/start.ts [--cold]`. With an engine of its own; --cold also builds
// it, with empty caches, which takes minutes and 3 GiB. Prints a table; it asserts nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const own = { HEGEMONIKON_RUN: "/run/hegbench", HEGEMONIKON_CIDR: "10.90.0.0/16" };
const rows: [string, string, string][] = [["what", "seconds", "target"]];

function timed(what: string, target: string, command: string[], env: Record<string, string> = {}): void {
  const [program = "", ...args] = command;
  const started = performance.now();
  const run = spawnSync(join(root, program), args, { env: { ...process.env, ...own, ...env }, encoding: "utf8" });
  const seconds = (performance.now() - started) / 1000;
  if (run.status !== 0) throw new Error(`${command.join(" ")} ended with ${run.status}:\n${run.stderr}`);
  rows.push([what, seconds.toFixed(1), target]);
}

if (process.argv.includes("--cold")) {
  const empty = mkdtempSync(join(tmpdir(), "cold-"));
  const caches = {
    XDG_CACHE_HOME: empty,
    GOCACHE: join(empty, "go"),
    GOMODCACHE: join(empty, "mod"),
    GOFLAGS: "-modcacherw",
  };
  timed(
    "cold: engine built and started, base made and pulled",
    "< 900",
    ["hegemonikon", "base", "--node=noos", "sync"],
    caches,
  );
  spawnSync(join(root, "local/mirror/down"), [], { env: { ...process.env, XDG_CACHE_HOME: empty } });
  spawnSync(join(root, "local/engine/down"), [], { env: { ...process.env, ...own, XDG_CACHE_HOME: empty } });
  rmSync(empty, { recursive: true, force: true });
}
spawnSync(join(root, "local/engine/down"), [], { env: { ...process.env, ...own } });
timed("warm start of the engine", "< 5", ["local/engine/up"]);
timed("the same, it runs already", "", ["local/engine/up"]);
timed("first no-op call", "", ["hegemonikon", "sources", "contents"]);
for (let i = 0; i < 3; i++) timed("warm no-op call", "< 4", ["hegemonikon", "sources", "contents"]);
timed("check, no engine", "< 2", ["hegemonikon", "nodes"]);
spawnSync(join(root, "local/engine/down"), [], { env: { ...process.env, ...own } });
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd([54, 9, 8][column] ?? 0))
      .join("")
      .trimEnd(),
  );
