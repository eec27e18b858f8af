import { expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signTable } from "../../../.dagger/src/boot/signs";

const root = join(import.meta.dir, "../../..");
const script = join(root, ".dagger/src/boot/vm/scripts/watch.sh");

type Case = {
  serial?: string;
  port?: string;
  expect?: string;
  seconds?: number;
  ended?: boolean;
  ends?: string;
  paused?: string;
};

/** Watches logs that are already written, and a process that does nothing. Resolves to what watch.sh printed. */
async function watched(of: Case): Promise<{ reason: string; outcome: string }> {
  const folder = mkdtempSync(join(tmpdir(), "watch-"));
  const stage = join(folder, "stage");
  mkdirSync(stage);
  writeFileSync(join(stage, "seconds"), `${of.seconds ?? 20}\n`);
  writeFileSync(join(stage, "ends"), `${of.ends ?? "done"}\n`);
  writeFileSync(join(stage, "expect.tsv"), of.expect ?? "");
  writeFileSync(join(folder, "watch.tsv"), signTable());
  writeFileSync(join(folder, "port.log"), of.port ?? "");
  writeFileSync(join(folder, "outcome.tsv"), "");
  writeFileSync(join(folder, "serial.log"), "");
  if (of.serial) copyFileSync(join(root, "test/fixtures/boot/serial", of.serial), join(folder, "serial.log"));
  const machine: ChildProcess = spawn("sleep", ["60"]);
  if (of.ended) await new Promise((done) => machine.on("exit", done) && machine.kill());
  // no program is waited for in between: these tests run beside each other
  const told = `mkfifo paused; { ${of.paused ?? ":"}; } & exec "$0" "$@"`;
  const args = [stage, join(folder, "watch.tsv"), "1", String(machine.pid), join(folder, "paused")];
  const child = spawn("sh", ["-c", told, script, ...args], { cwd: folder });
  let reason = "";
  child.stdout.on("data", (chunk) => {
    reason += chunk;
  });
  await new Promise((done) => child.on("close", done));
  machine.kill();
  return { reason: reason.trim(), outcome: readFileSync(join(folder, "outcome.tsv"), "utf8") };
}

const kernel = "kernel\t1\tserial.log\tLinux version [0-9]\n";

test.concurrent.each([
  ["kernel-panic.log", "sign kernel-panic"],
  ["emergency-shell.log", "sign emergency-shell"],
  ["grub-prompt.log", "sign grub-prompt"],
  ["nothing-to-boot.log", "sign nothing-to-boot"],
  ["restart.log", "sign restart"],
])("%s ends the watch: %s", async (serial, reason) => {
  expect((await watched({ serial })).reason).toBe(reason);
});

test.concurrent("a boot that goes well ends when role-check has reported, and its milestones are noted", async () => {
  const seen = await watched({ serial: "good-live.log", port: "ok 1 - a\n#done 0\n", expect: kernel });
  expect(seen.reason).toBe("done");
  expect(seen.outcome).toMatch(/^reached\tkernel\t\d+\n$/);
});

test.concurrent("what the emulator says of a pause is heard whole, however slowly it comes", async () => {
  const slowly = "exec 1<> paused; printf io-er; sleep 3; echo ror";
  expect((await watched({ paused: slowly })).reason).toBe("paused io-error");
});

test.concurrent("nothing is waited for without end: a milestone, the stage", async () => {
  expect((await watched({ expect: kernel })).reason).toBe("late kernel");
  expect((await watched({ seconds: 2 })).reason).toBe("over");
});

test.concurrent("a machine that ended is noticed, after its logs were read", async () => {
  expect((await watched({ ended: true })).reason).toBe("exit");
  expect((await watched({ ended: true, port: "#done 0\n" })).reason).toBe("done");
  expect((await watched({ ended: true, serial: "kernel-panic.log" })).reason).toBe("sign kernel-panic");
});

test.concurrent("a machine that is to end by itself is waited for, though role-check has reported", async () => {
  expect((await watched({ port: "#done 0\n", ends: "exit", seconds: 2 })).reason).toBe("over");
  expect((await watched({ port: "#done 0\n", ends: "exit", ended: true })).reason).toBe("exit");
});
