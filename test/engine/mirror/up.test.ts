import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Machine, smallRoot } from "./machine";

const amd64 = ["ubuntu", "--arch=amd64"];
let machine: Machine;
beforeEach(() => {
  machine = new Machine();
  machine.mmdebstrap(smallRoot);
});
afterEach(() => machine.remove());

test("an image is served under upstream's name, and the second up builds nothing", async () => {
  const first = await machine.run("up", ...amd64);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stderr).toContain("stand-ins in use, for tests and trials only: ubuntu-24.04");
  const { registry, standins } = await machine.state();
  const accept = "application/vnd.oci.image.index.v1+json";
  const answer = await fetch(`http://${registry}/v2/library/ubuntu/manifests/24.04`, { headers: { accept } });
  expect(answer.headers.get("docker-content-digest")).toBe(standins[0]?.digest as string);
  const registries = JSON.parse(readFileSync(join(machine.cache, "registries.json"), "utf8"));
  expect(registries["docker.io"]).toEqual({ mirrors: [registry] });
  expect(registries[registry]).toEqual({ http: true });
  expect(await machine.run("up", ...amd64)).toMatchObject({ code: 0 });
  expect(await machine.calls()).toBe(1);
});

test("two at once build once and leave one registry", async () => {
  machine.mmdebstrap(`sleep 1; ${smallRoot}`);
  const both = await Promise.all([machine.run("up", ...amd64), machine.run("up", ...amd64)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await machine.calls()).toBe(1);
  expect((await machine.run("status")).code).toBe(0);
});

test("a recipe that fails: the tool's last lines, and nothing that looks built; the next one works", async () => {
  machine.mmdebstrap("echo half > $target; echo 'E: no archive today' >&2; exit 25");
  const { code, stderr } = await machine.run("up", ...amd64);
  expect(code).toBe(1);
  expect(stderr).toContain("ubuntu 24.04 (amd64)");
  expect(stderr).toContain("E: no archive today");
  expect(machine.built()).toEqual([]);
  machine.mmdebstrap(smallRoot);
  expect(await machine.run("up", ...amd64)).toMatchObject({ code: 0 });
});

test("an interrupted build leaves nothing that looks built, and the next one works", async () => {
  machine.mmdebstrap("echo half > $target; sleep 60");
  const child = machine.start("up", ...amd64);
  while ((await machine.calls()) === 0) await Bun.sleep(50);
  process.kill(-child.pid, "SIGKILL");
  await child.exited;
  expect(machine.built().filter((name) => !name.startsWith("."))).toEqual([]);
  machine.mmdebstrap(smallRoot);
  expect(await machine.run("up", ...amd64)).toMatchObject({ code: 0 });
  expect(machine.built().length).toBe(1);
});

test("a full disk is named, and leaves nothing that looks built", async () => {
  machine.smallDisk(4 << 20);
  machine.mmdebstrap(
    'd=$(mktemp -d) && head -c 3000000 /dev/urandom > "$d/big" && tar -cf "$target" -C "$d" . && rm -r "$d"',
  );
  const { code, stderr } = await machine.run("up", ...amd64);
  expect(code).toBe(1);
  expect(stderr.toLowerCase()).toContain("no space left on device");
  expect(machine.built()).toEqual([]);
});

test("a port that somebody else has: another one, and it is kept", async () => {
  await machine.run("up", ...amd64);
  const before = (await machine.state()).registry;
  await machine.run("down");
  const port = Number(before.split(":")[1]);
  const other = Bun.serve({
    hostname: "127.0.0.1",
    port,
    fetch: () => new Response("not a registry", { status: 404 }),
  });
  try {
    expect(await machine.run("up", ...amd64)).toMatchObject({ code: 0 });
    const now = (await machine.state()).registry;
    expect(now).not.toBe(before);
    await machine.run("down");
    await machine.run("up", ...amd64);
    expect((await machine.state()).registry).toBe(now);
  } finally {
    other.stop(true);
  }
});

test("a registry that died is started again with what it served", async () => {
  await machine.run("up", ...amd64);
  const { pid } = JSON.parse(readFileSync(join(machine.cache, "registry.json"), "utf8"));
  process.kill(pid, "SIGKILL");
  expect((await machine.run("status")).code).toBe(1);
  expect(await machine.run("up", ...amd64)).toMatchObject({ code: 0 });
  const { registry } = await machine.state();
  expect((await fetch(`http://${registry}/v2/library/ubuntu/tags/list`)).ok).toBe(true);
});

test("a pid that belongs to another program by now is left alone", async () => {
  await machine.run("up", ...amd64);
  await machine.run("down");
  const other = Bun.spawn(["sleep", "60"]);
  const record = join(machine.cache, "registry.json");
  writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, "utf8")), pid: other.pid }));
  expect(await machine.run("up", ...amd64)).toMatchObject({ code: 0 });
  await machine.run("down");
  expect(other.exitCode).toBeNull();
  other.kill();
});

test("apt that fails once is tried again, and one that always fails is named", async () => {
  const missing = 'case "$*" in *install*) ln -sf /bin/true "$(dirname "$0")/arch-test" ;; esac';
  const apt = (script: string) => {
    writeFileSync(join(machine.folder, "apt-get"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(machine.folder, "apt-get"), 0o755);
  };
  const without = new Set(["arch-test"]);
  machine.hide(without);
  const once = `[ -e "$0.once" ] || { touch "$0.once"; echo "E: connection failed" >&2; exit 100; }`;
  apt(`${once}\n${missing}`);
  const mended = await machine.run("up", ...amd64);
  expect(mended.stderr).toContain("apt-get update failed, trying once more");
  expect(mended.code).toBe(0);
  machine.hide(without);
  apt("echo 'E: connection failed' >&2; exit 100");
  const { code, stderr } = await machine.run("up", ...amd64);
  expect(stderr).toContain("apt-get update failed twice:\nE: connection failed");
  expect(code).toBe(1);
});

test("a name that is none", async () => {
  const { code, stderr } = await machine.run("up", "debian");
  expect(code).toBe(1);
  expect(stderr).toContain('found "debian", expected --arch=ARCH or one of ubuntu, kairos-init');
  expect((await machine.run("up", "--arch=riscv64")).stderr).toContain('found "riscv64", expected amd64 or arm64');
});
