import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { core, coreAsync, engine, engineAsync, own, pidfile, root, socket } from "./engine";

const pid = () => Number(readFileSync(pidfile, "utf8"));
const alive = (process: number) => spawnSync("kill", ["-0", String(process)]).status === 0;
const write = ["directory", "with-new-file", "--path=a", "--contents=b", "file", "--path=a", "contents"];

beforeAll(() => {
  engine("down");
});
afterAll(() => {
  engine("down");
});

test("two starts at once make one engine, and both get its address", async () => {
  const both = await Promise.all([engineAsync("up"), engineAsync("up")]);
  expect(both.map((run) => run.status)).toEqual([0, 0]);
  expect(both[0]?.stdout).toBe(both[1]?.stdout ?? "");
  expect(both.filter((run) => run.stderr.includes("runs with pid"))).toHaveLength(1);
  expect(core(engine("up"), write).stdout).toBe("b");
});

test("a start with the engine running changes nothing", () => {
  const before = pid();
  expect(engine("up").status).toBe(0);
  expect(pid()).toBe(before);
});

test("an engine killed in the middle of work takes its containers along, and the next start works", async () => {
  const up = engine("up");
  const rootfs = mkdtempSync(join(tmpdir(), "rootfs-"));
  mkdirSync(join(rootfs, "bin"));
  expect(spawnSync("cp", ["/bin/busybox", join(rootfs, "bin/busybox")]).status).toBe(0);
  const marker = `${process.pid}7`; // seconds that no other process of this machine sleeps
  const exec = ["with-exec", `--args=/bin/busybox,sleep,${marker}`, "stdout"];
  const call = coreAsync(up, ["container", "with-rootfs", `--directory=${rootfs}`, ...exec]);
  const sleeping = () => spawnSync("pgrep", ["-f", `busybox sleep ${marker}`]).status === 0;
  for (let tries = 0; !sleeping() && tries < 300; tries++) await Bun.sleep(100);
  expect(sleeping()).toBe(true);

  const killed = pid();
  const child = readFileSync(`/proc/${killed}/task/${killed}/children`, "utf8").trim();
  spawnSync("kill", ["-KILL", child]);
  for (let tries = 0; (alive(killed) || sleeping()) && tries < 100; tries++) await Bun.sleep(100);
  expect({ alive: alive(killed), sleeping: sleeping() }).toEqual({ alive: false, sleeping: false });

  const again = engine("up");
  expect(again.status).toBe(0);
  expect(core(again, write).stdout).toBe("b");
  call.kill();
  rmSync(rootfs, { recursive: true });
});

test("an engine killed in the middle of a call fails that call with a clear error, and the next call works", async () => {
  const run = (args: string[]) =>
    Bun.spawn([join(root, "local/run"), ...args], { env: { ...process.env, ...own }, stdout: "pipe", stderr: "pipe" });
  const marker = `${process.pid}8`;
  const call = run(["base", "--node=noos", "with-exec", `--args=sleep,${marker}`, "sync"]);
  const said = new Response(call.stderr).text();
  const sleeping = () => spawnSync("pgrep", ["-xf", `sleep ${marker}`]).status === 0;
  for (let tries = 0; !sleeping() && tries < 1800; tries++) await Bun.sleep(100);
  expect(sleeping()).toBe(true);
  spawnSync("kill", ["-KILL", readFileSync(`/proc/${pid()}/task/${pid()}/children`, "utf8").trim()]);
  expect(await call.exited).toBe(1);
  expect(await said).toMatch(/engine/i);
  expect(await said).not.toMatch(/^\s+at .*\.ts:\d+/m);

  const next = run(["sources", "contents"]);
  expect(await new Response(next.stdout).text()).toContain("kairos-init");
  expect(await next.exited).toBe(0);
});

test("what its containers left in the host's network goes with it, and nothing else does", () => {
  const rules = (table: string) =>
    spawnSync("iptables-save", ["-t", table], { encoding: "utf8" })
      .stdout.split("\n")
      .filter((line) => /^-A/.test(line));
  const ours = () => rules("nat").filter((line) => line.includes(`name: \\"${basename(own.HEGEMONIKON_RUN)}\\"`));
  const others = ["-s", "10.89.0.250/32", "-m", "comment", "--comment", "of another program", "-j", "ACCEPT"];
  const iptables = (...args: string[]) => spawnSync("iptables", ["--wait", ...args]).status;
  const kept = () => iptables("-t", "nat", "-C", "POSTROUTING", ...others) === 0;
  expect(ours().length).toBeGreaterThan(0);
  const [address] = ours()[0]?.match(/10\.89\.\d+\.\d+\/32/) ?? [];
  expect(rules("filter").some((line) => line.includes(` ${address} `))).toBe(true);
  iptables("-t", "nat", "-A", "POSTROUTING", ...others);

  expect(engine("down").status).toBe(0);
  const after = { ours: ours(), kept: kept(), filter: rules("filter").filter((line) => line.includes(" 10.89.")) };
  iptables("-t", "nat", "-D", "POSTROUTING", ...others);
  expect(after).toEqual({ ours: [], kept: true, filter: [] });
  expect(existsSync(`/sys/class/net/${basename(own.HEGEMONIKON_RUN)}0`)).toBe(false);
});

test("a stale pid file that names another process is no engine, and that process is left alone", () => {
  expect(engine("down").status).toBe(0);
  const other = spawn("sleep", ["600"]);
  writeFileSync(pidfile, `${other.pid}\n`);
  expect(engine("up").status).toBe(0);
  expect(pid()).not.toBe(other.pid);
  expect(engine("down").status).toBe(0);
  expect(alive(other.pid ?? 0)).toBe(true);
  other.kill();
});

test.each([
  ["answers", "(connection) => connection.end('not an engine')"],
  ["never answers", "() => {}"],
])("a socket of another program, which %s, is named, and the program is left alone", async (_, serve) => {
  engine("down");
  rmSync(socket, { force: true });
  const listen = `require("node:net").createServer(${serve}).listen(${JSON.stringify(socket)})`;
  const other = spawn(process.execPath, ["-e", listen], { stdio: "ignore" });
  // The file is there a moment before anybody listens.
  const listening = () => spawnSync("curl", ["-s", "-m", "1", "--unix-socket", socket, "http://x/"]).status !== 7;
  for (let tries = 0; !listening() && tries < 100; tries++) await Bun.sleep(100);
  const run = engine("up");
  const left = other.exitCode;
  other.kill();
  expect(run).toMatchObject({ status: 1, stdout: "" });
  expect(run.stderr).toContain(`another program holds ${socket}`);
  expect(left).toBeNull();
});

test("a second stop says that nothing runs", () => {
  engine("down");
  const run = engine("down");
  expect(run.status).toBe(0);
  expect(run.stderr).toContain("no engine runs");
});

test("no space in the cache folder: the build says how much it needs, and leaves nothing half built", () => {
  const small = mkdtempSync(join(tmpdir(), "small-"));
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", small]).status).toBe(0);
  try {
    const run = engine("up", { XDG_CACHE_HOME: small, HEGEMONIKON_RUN: join(small, "run") });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/building needs 3 GiB free in .*, found \d+ MiB/);
    expect(spawnSync("find", [small, "-name", "dagger*"], { encoding: "utf8" }).stdout).toBe("");
  } finally {
    spawnSync("umount", [small]);
    rmSync(small, { recursive: true });
  }
});

/** A Go module proxy that refuses the first `failures` requests and passes the rest on. */
function flakyProxy(failures: number) {
  const upstream = spawnSync("go", ["env", "GOPROXY"], { encoding: "utf8" }).stdout.trim().split(/[,|]/)[0] ?? "";
  let asked = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      asked++;
      if (asked <= failures) return new Response("try later", { status: 503 });
      const { pathname } = new URL(request.url);
      const answer = await fetch(upstream + pathname);
      return new Response(await answer.arrayBuffer(), { status: answer.status });
    },
  });
  return { server, url: `http://127.0.0.1:${server.port}`, asked: () => asked };
}

async function fetchModules(proxy: string): Promise<{ status: number; stderr: string }> {
  const cache = mkdtempSync(join(tmpdir(), "modcache-"));
  // retry() of local/engine/lib.sh around the command that fetches, with a module that is small
  const script = `. ./lib.sh; retry "fetching Go modules" sh -c 'cd "$0" && go mod download -x all 2>&1' "$1" >&2`;
  const module = mkdtempSync(join(tmpdir(), "module-"));
  writeFileSync(
    join(module, "go.mod"),
    "module t\n\ngo 1.21\n\nrequire github.com/google/shlex v0.0.0-20191202100458-e7afc7fbc510\n",
  );
  const child = Bun.spawn(["sh", "-c", script, "./up", module], {
    cwd: join(import.meta.dir, "../../../local/engine"),
    env: { ...process.env, ...own, GOPROXY: proxy, GOMODCACHE: cache, GOFLAGS: "-modcacherw", GONOSUMDB: "*" },
    stderr: "pipe",
  });
  const stderr = await new Response(child.stderr).text();
  const status = await child.exited;
  for (const folder of [cache, module]) rmSync(folder, { recursive: true, force: true });
  return { status, stderr };
}

test("a package registry that fails once is asked again", async () => {
  const proxy = flakyProxy(1);
  const run = await fetchModules(proxy.url);
  proxy.server.stop(true);
  expect(run.stderr).toContain("fetching Go modules failed, trying again in 2 s");
  expect(run.status).toBe(0);
  expect(proxy.asked()).toBeGreaterThan(1);
});

test("a package registry that always fails is named", async () => {
  const proxy = flakyProxy(Number.POSITIVE_INFINITY);
  const run = await fetchModules(proxy.url);
  proxy.server.stop(true);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("fetching Go modules failed three times");
  expect(run.stderr).toContain("503");
});
