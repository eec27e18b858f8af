import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOutcome } from "../../../.dagger/src/boot/outcome";
import { signTable } from "../../../.dagger/src/boot/signs";

const root = join(import.meta.dir, "../../..");
const script = join(root, ".dagger/src/boot/vm/scripts/run-stage.sh");
const fake = join(root, "test/fixtures/boot/vm/qemu");

/** Files of the fake emulator and of the stage; how long everything may take. */
type Case = {
  fake?: { [name: string]: string };
  stage?: { [name: string]: string };
  emulator?: string;
  /** Programs that are found before the real ones. */
  programs?: { [name: string]: string };
};

/** Runs one stage. Rejects where it has not ended after 45 s: nothing may wait for ever. */
async function run({ fake: files = {}, stage: of = {}, emulator = fake, programs = {} }: Case) {
  const folder = mkdtempSync(join(tmpdir(), "run-stage-"));
  const put = (under: string, all: { [name: string]: string }) => {
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(join(folder, under, name, ".."), { recursive: true });
      writeFileSync(join(folder, under, name), text);
    }
  };
  const stage = { ends: "done\n", seconds: "8\n", "expect.tsv": "", "watch.tsv": signTable(), "qemu.args": "-x\n" };
  put("fake", { serial: "Linux version 6.8\n", port: "", ...files });
  put("stage", { ...stage, ...of });
  put("vm", { "disk.raw": "all of the host's room" });
  put("bin", programs);
  for (const name of Object.keys(programs)) chmodSync(join(folder, "bin", name), 0o755);
  const out = join(folder, "out");
  const child = spawn(script, [join(folder, "stage"), out, "1", emulator], {
    env: {
      ...process.env,
      FAKE: join(folder, "fake"),
      VM_FOLDER: join(folder, "vm"),
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const status = await new Promise<number | null>((done, failed) => {
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      failed(new Error("run-stage.sh did not end"));
    }, 45_000);
    child.on("close", (code) => {
      clearTimeout(late);
      done(code);
    });
  });
  const read = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : "");
  return {
    status,
    outcome: parseOutcome(read("out/outcome.tsv")),
    told: read("fake/told").split("\n"),
    port: read("out/port.log"),
    picture: read("out/screenshot.png"),
    log: read("out/qemu.log"),
    disk: existsSync(join(folder, "vm/disk.raw")),
  };
}

test.concurrent("a role that is proven: its report, a picture, and the machine is ended", async () => {
  const ran = await run({ fake: { port: "ok 1 - a\n#done 0\n" } });
  expect([ran.status, ran.outcome.reason, ran.outcome.exitCode]).toEqual([0, "done", 0]);
  expect(ran.port).toBe("ok 1 - a\n#done 0\n");
  expect(ran.picture).toContain("PNG of Linux version");
  expect(ran.told).toContain("port: scale 1");
  expect(ran.told[0]).toContain("name=hegemonikon.scale.1");
  // what it sends to its network goes through the filter
  expect(ran.told[0]).toContain("-object filter-redirector,id=cut-cloud,netdev=net,queue=rx,outdev=sent,indev=passed ");
  expect(ran.outcome.switchedOff).toBeUndefined();
}, 60_000);

test.concurrent.each([
  ["is not there", "/nonexistent/qemu", 127],
  ["does not start", "/bin/false", 1],
])(
  "an emulator that %s ends the stage at once",
  async (_title, emulator, code) => {
    const ran = await run({ emulator });
    expect([ran.status, ran.outcome.reason, ran.outcome.exitCode]).toEqual([1, "exit", code]);
  },
  60_000,
);

test.concurrent("a machine that ends by itself is judged by its exit code, which is kept", async () => {
  const ran = await run({ fake: { ends: "139" }, stage: { ends: "exit\n" } });
  expect([ran.outcome.reason, ran.outcome.exitCode]).toEqual(["exit", 139]);
}, 60_000);

test.concurrent("a bad sign: the picture is of the moment", async () => {
  const ran = await run({ fake: { serial: "Linux version 6.8\nKernel panic - not syncing: no init\n" } });
  expect([ran.status, ran.outcome.reason]).toEqual([1, "sign kernel-panic"]);
  expect(ran.picture).toContain("PNG of Kernel panic");
}, 60_000);

test.concurrent("a machine whose time is over is pictured and ended, though it does not quit when told to", async () => {
  const ran = await run({ fake: { deaf: "" }, stage: { seconds: "1\n" } });
  expect([ran.status, ran.outcome.reason, ran.outcome.exitCode]).toEqual([1, "over", 137]);
  expect(ran.picture).toContain("PNG");
}, 60_000);

test.concurrent("a machine that restarts by itself leaves its last picture", async () => {
  const upgraded = { port: "ok 1 - a\n#done 0\n", upgraded: "reboot: Restarting system\n" };
  const then = { "then/upgrade": "registry/x\n", "then/ends": "exit\n", "then/seconds": "5\n", "then/expect.tsv": "" };
  const ran = await run({ fake: upgraded, stage: then });
  expect([ran.status, ran.outcome.reason, ran.outcome.exitCode]).toEqual([0, "exit", 0]);
  expect(ran.told).toContain("upgrade: registry/x");
}, 60_000);

test.concurrent("no upgrade is started where the role is not proven", async () => {
  const then = { "then/upgrade": "registry/x\n", "then/ends": "exit\n", "then/seconds": "5\n", "then/expect.tsv": "" };
  const ran = await run({ fake: { port: "not ok 1 - a\n#done 1\n", upgraded: "" }, stage: then });
  expect([ran.status, ran.outcome.reason]).toEqual([1, "done"]);
  expect(ran.told.join("\n")).not.toContain("upgrade:");
}, 60_000);

test.concurrent("a machine that is shut down: that it did, or that it did not in time", async () => {
  const port = "ok 1 - a\n#done 0\n";
  const well = await run({ fake: { port }, stage: { powerdown: "9\n" } });
  expect([well.status, well.outcome.switchedOff]).toEqual([0, true]);
  const stuck = await run({ fake: { port, stubborn: "" }, stage: { powerdown: "2\n" } });
  expect([stuck.status, stuck.outcome.reason, stuck.outcome.switchedOff]).toEqual([1, "done", false]);
}, 60_000);

test.concurrent("a machine that the emulator has paused ends its stage in seconds, and leaves room for what is said of it", async () => {
  const started = Date.now();
  const ran = await run({ fake: { paused: "paused (io-error)" }, stage: { seconds: "600\n" } });
  expect(ran.status).toBe(1);
  expect(ran.outcome.reason).toMatch(/^paused io-error \d+$/);
  expect(Date.now() - started).toBeLessThan(30_000);
  expect(ran.disk).toBe(false);
}, 60_000);

test.concurrent("a machine that runs, or that is about to end, is not taken for a paused one", async () => {
  const ran = await run({ fake: { paused: "paused (shutdown)" }, stage: { seconds: "9\n" } });
  expect([ran.outcome.reason, ran.disk]).toEqual(["over", true]);
}, 60_000);

test.concurrent("where the filter of what the machine sends fails, the machine is ended, and not taken for one that did its work", async () => {
  const ran = await run({ programs: { perl: "#!/bin/sh\necho no perl >&2\nexit 1\n" }, stage: { ends: "exit\n" } });
  expect([ran.outcome.reason, ran.outcome.exitCode]).toEqual(["exit", 137]);
  expect(ran.log).toContain("no perl");
}, 60_000);
