import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseProof } from "../../../.dagger/src/boot/proof";

const files = join(import.meta.dir, "../../../.dagger/src/boot/role-check/files");

/** to-port on a machine whose upgrade is being judged; what it told its host, after what happens meanwhile. */
async function judged(meanwhile: (notes: string, end: () => void) => void) {
  const root = mkdtempSync(join(tmpdir(), "to-port-"));
  const notes = join(root, "upgrade");
  mkdirSync(join(root, "run/cos"), { recursive: true });
  mkdirSync(notes);
  writeFileSync(join(root, "run/cos/active_mode"), "");
  writeFileSync(join(notes, "judging"), "v1\n");
  const port = join(root, "port");
  // Bun 1.3.0 has been seen to wait for ever in spawnSync while tests run beside each other.
  await new Promise((done) => spawn("mkfifo", [port]).on("close", done));
  // Asked before the trap is set, and again behind it: only then may the machine go down.
  const asks = join(root, "asks");
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "bin/find"), `#!/bin/sh\necho >> ${asks}\nPATH=\${PATH#*:} exec find "$@"\n`, {
    mode: 0o755,
  });
  const asked = () => (existsSync(asks) ? readFileSync(asks).length : 0);
  const env = {
    ...process.env,
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
    ROLE_CHECK_LIB: files,
    ROLE_CHECK_SHARE: root,
    ROLE_GATE_NOTES: notes,
    ROLE_GATE_RUN: join(root, "run"),
  };
  const program = spawn(join(files, "to-port"), [port], { env, stdio: "ignore" });
  const ended = new Promise<number | null>((done) => program.on("close", done));
  const host = spawn("sh", ["-c", 'echo "scale 2" > "$0"; sleep 1; exec cat "$0"', port], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let told = "";
  host.stdout.on("data", (data) => {
    told += data;
  });
  const heard = new Promise((done) => host.on("close", done));
  while (asked() < 2 || !told.includes("#fact scale")) await setTimeout(20);
  meanwhile(notes, () => program.kill("SIGTERM"));
  const code = await ended;
  await heard;
  return { code, proof: parseProof(told) };
}

const note = (notes: string) => {
  writeFileSync(join(notes, "failed-journal"), "unit: broken\n");
  writeFileSync(join(notes, "failed"), "v2 did not prove its role:\nNew since the upgrade: it answers\n");
};

test.concurrent("an upgrade that is taken back while its proof is waited for: the host hears why", async () => {
  const { code, proof } = await judged((notes) => {
    note(notes);
    rmSync(join(notes, "judging"));
  });
  expect([code, proof.exitCode]).toEqual([1, 1]);
  expect(proof.files.get("upgrade-failed.txt")).toBe("v2 did not prove its role:\nNew since the upgrade: it answers\n");
  expect(proof.files.get("journal.txt")).toBe("unit: broken\n");
  expect(proof.facts.get("scale")).toEqual(["2"]);
}, 30_000);

test.concurrent("and hears it though the machine is going down already", async () => {
  const { proof } = await judged((notes, end) => {
    note(notes);
    end();
  });
  expect(proof.exitCode).toBe(1);
  expect(proof.files.get("upgrade-failed.txt")).toContain("New since the upgrade: it answers");
}, 30_000);

test.concurrent("a machine that goes down for another reason is not held up", async () => {
  const { code, proof } = await judged((_notes, end) => end());
  expect([code, proof.exitCode]).toEqual([1, undefined]);
}, 30_000);
