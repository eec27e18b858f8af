import { afterAll, expect, test } from "bun:test";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./engine";

// A build that somebody stops, politely or not: nothing that looks finished is left, and the next one works.

const folder = mkdtempSync(join(tmpdir(), "hegemonikon-interrupted-"));
const nodes = join(folder, "nodes");
const dist = join(folder, "dist");
cpSync(join(root, "nodes/kairos"), join(nodes, "kairos"), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Another comment in the role: its layer and the ISO are made again, everything below is there. */
function touchRole(): void {
  const path = join(nodes, "kairos/cloud-config.yaml");
  writeFileSync(path, `${readFileSync(path, "utf8")}# ${process.hrtime.bigint()}\n`);
}

const sources = process.env.HEGEMONIKON_SOURCES;
const words = [
  join(root, "local/call.ts"),
  ...(sources ? [`--sources=${sources}`] : []),
  `--nodes=${nodes}`,
  "build",
  "--node=kairos",
  "export",
  `--path=${dist}`,
];
/** Progress is shown at once: the test waits for a step's name in it. */
const around = { cwd: root, env: { ...process.env, HEGEMONIKON_QUIET_MS: "1" } };

type Ended = { code: number | null; signal: NodeJS.Signals | null; said: string };

/** Starts a build and stops it with a signal as soon as `now` says so. */
async function stopped(signal: NodeJS.Signals, now: (said: string) => boolean): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, words, { ...around, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code, by) => resolve({ code, signal: by, said })));
  const watch = setInterval(() => {
    if (!now(said)) return;
    clearInterval(watch);
    child.kill(signal);
  }, 20);
  const result = await ended;
  clearInterval(watch);
  return result;
}

const partials = () => readdirSync(folder).filter((name) => name.includes(".partial-"));

test("Ctrl-C while the ISO is made: exit code 130, and nothing is left", async () => {
  touchRole();
  const { code, said } = await stopped("SIGINT", (text) => text.includes("the ISO'"));
  expect(said).toContain("Canceled.");
  expect(code).toBe(130);
  expect(existsSync(dist)).toBe(false);
  expect(partials()).toEqual([]);
});

test("killed while files are written: the folder that was asked for is not there", async () => {
  const { signal } = await stopped("SIGKILL", () => partials().length > 0);
  expect(signal).toBe("SIGKILL");
  expect(existsSync(dist)).toBe(false);
});

test("the next build works, its files are whole, and what the killed one left is gone", () => {
  const run = spawnSync(process.execPath, words, { ...around, encoding: "utf8" });
  expect(run.status).toBe(0);
  expect(spawnSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: dist }).status).toBe(0);
  expect(partials()).toEqual([]);
});

test("killed while a finished build is made anew: the finished one is as it was", async () => {
  const before = readFileSync(join(dist, "SHA256SUMS"), "utf8");
  touchRole();
  const { signal } = await stopped("SIGKILL", () => partials().length > 0);
  expect(signal).toBe("SIGKILL");
  expect(readFileSync(join(dist, "SHA256SUMS"), "utf8")).toBe(before);
  expect(spawnSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: dist }).status).toBe(0);
});
