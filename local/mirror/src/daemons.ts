import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, inCache, replaceFile } from "./cache.js";
import { fail, say } from "./messages.js";

/** A server on the loopback interface that `up` starts and `down` stops. */
export type Daemon = {
  name: string;
  /** The port that is tried first. */
  port: number;
  /** Answers with a 2xx when the server is up. */
  probe: string;
  command: (port: number) => string[];
};

export const registry: Daemon = { name: "registry", port: 5000, probe: "/v2/", command: registryCommand };

export const fileServer: Daemon = {
  name: "files",
  port: 5080,
  probe: "/",
  command: (port) => [process.execPath, join(import.meta.dir, "serve.ts"), String(port), inCache("files.json")],
};

function registryCommand(port: number): string[] {
  const config = inCache("registry.yml");
  const storage = { filesystem: { rootdirectory: inCache("registry") } };
  const log = { level: "error", accesslog: { disabled: true } };
  // JSON is YAML: no text is put together by hand
  replaceFile(config, JSON.stringify({ version: 0.1, log, storage, http: { addr: `127.0.0.1:${port}` } }));
  return ["docker-registry", "serve", config];
}

const recordOf = (daemon: Daemon) => inCache(`${daemon.name}.json`.replace("files.json", "file-server.json"));

/** The pid and port of the daemon, where the process that runs is the one that `up` started. */
export function running(daemon: Daemon): { pid: number; port: number } | undefined {
  const record = lastRecord(daemon);
  if (!record) return undefined;
  const cmdline = `/proc/${record.pid}/cmdline`;
  // a pid is used again after a while: the process must be one that works in this cache
  if (!existsSync(cmdline) || !readFileSync(cmdline, "utf8").includes(cacheDirectory())) return undefined;
  return record;
}

function lastRecord(daemon: Daemon): { pid: number; port: number } | undefined {
  const file = recordOf(daemon);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

async function answers(daemon: Daemon, port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}${daemon.probe}`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** Starts the daemon unless it runs, and returns its port: the one of last time if nobody took it. */
export async function ensure(daemon: Daemon): Promise<number> {
  const now = running(daemon);
  if (now && (await answers(daemon, now.port))) return now.port;
  await stop(daemon);
  const first = lastRecord(daemon)?.port ?? daemon.port;
  const port = [first, ...Array.from({ length: 40 }, (_, i) => daemon.port + i)].find(isFree);
  if (!port) fail(`found no free port for the ${daemon.name} between ${daemon.port} and ${daemon.port + 39}`);
  const log = inCache("logs", `${daemon.name}.log`);
  const file = openSync(log, "w");
  const child = Bun.spawn(["setsid", ...daemon.command(port)], { stdio: ["ignore", file, file] });
  child.unref();
  replaceFile(recordOf(daemon), JSON.stringify({ pid: child.pid, port }));
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (await answers(daemon, port)) return port;
    await Bun.sleep(100);
  }
  fail(`the ${daemon.name} does not answer on port ${port}; its log:\n${readFileSync(log, "utf8").slice(-2000)}`);
}

/** Stops the daemon and waits until it has gone. The record stays: the next start takes the same port. */
export async function stop(daemon: Daemon): Promise<void> {
  for (let tries = 0; ; tries++) {
    const now = running(daemon);
    if (!now) return;
    if (tries === 0) say(`stopping the ${daemon.name} (pid ${now.pid})`);
    process.kill(now.pid, tries < 50 ? "SIGTERM" : "SIGKILL");
    await Bun.sleep(100);
  }
}

/** Forgets the daemon's port. */
export function forget(daemon: Daemon): void {
  rmSync(recordOf(daemon), { force: true });
}
