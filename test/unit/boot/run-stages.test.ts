import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHost, parseOutcome } from "../../../.dagger/src/boot/outcome";
import { BootRoute } from "../../../.dagger/src/boot/route";
import { planFiles, stagesOf } from "../../../.dagger/src/boot/stages";

const root = join(import.meta.dir, "../../..");
const scripts = join(root, ".dagger/src/boot/vm/scripts");
const fake = join(root, "test/fixtures/boot/vm/qemu");
const arch = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;

type Files = { [path: string]: string };

/** A folder with a plan, the fake emulator under the real one's name, and what it says. */
function scene(plan: Files, says: Files = {}) {
  const folder = mkdtempSync(join(tmpdir(), "run-stages-"));
  const put = (under: string, files: Files) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, under, path, ".."), { recursive: true });
      writeFileSync(join(folder, under, path), text);
    }
  };
  const emulator = join(folder, `qemu-system-${arch}`);
  symlinkSync(fake, emulator);
  put("plan", {
    machine: `${emulator}\n`,
    firmware: "\n",
    cpu: "max\n",
    memory: "64\n",
    room: "0\n",
    disks: "",
    ...plan,
  });
  put("fake", { serial: "Linux version 6.8\n", port: "#fact started 1\nok 1 - a\n#done 0\n", ...says });
  mkdirSync(join(folder, "medium"));
  const env = {
    ...process.env,
    FAKE: join(folder, "fake"),
    VM_FOLDER: join(folder, "vm"),
    MEDIUM_FOLDER: join(folder, "medium"),
  };
  const call = (script: string, args: string[], more = {}) =>
    spawnSync(join(scripts, script), args, { encoding: "utf8", timeout: 60_000, env: { ...env, ...more } });
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  return { folder, call, read };
}

/** The stages of a node's proof as files, with little time. */
function planned(route: BootRoute, kvm = false): Files {
  const node = { arch: "amd64" as const, memory: "64MiB", assertions: [{ name: "a", command: "true", within: "1s" }] };
  const stages = stagesOf(node, route).map((stage) => ({ ...stage, seconds: 2 }));
  const files = planFiles(node, stages, "bios", kvm, 2 ** 20).filter(
    ({ path }) => path !== "machine" && path !== "firmware",
  );
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

test("a plan's stages run one after the other; the host, its speed and its memory are noted", () => {
  const { folder, call, read } = scene(planned(BootRoute.Live));
  const ran = call("run-stages.sh", [join(folder, "plan"), join(folder, "out")]);
  expect([ran.status, ran.stderr.includes("cannot")]).toEqual([0, false]);
  expect(parseOutcome(read("out/1-live/outcome.tsv"))).toMatchObject({ reason: "done", exitCode: 0 });
  const host = parseHost(read("out/host.tsv"));
  expect(host).toMatchObject({ accelerated: false, why: "KVM was not to be used", memory: 64, memoryWanted: 64 });
  expect(host.emulator).toBe("Fake QEMU 1.0");
  expect(host.scale % 4).toBe(0);
  expect(read("fake/told")).toContain("-cpu max -m 64");
}, 60_000);

test("a stage whose role is not proven is the last one", () => {
  const { folder, call } = scene(planned(BootRoute.Installed), { port: "#fact started 1\nnot ok 1 - a\n#done 1\n" });
  const ran = call("run-stages.sh", [join(folder, "plan"), join(folder, "out")]);
  expect(ran.status).toBe(0);
  expect(readdirSync(join(folder, "out")).sort()).toEqual(["1-live", "host.tsv"]);
  // the disk of the stages to come was made, sparse, and is gone with the machine
  expect(existsSync(join(folder, "vm"))).toBe(false);
}, 60_000);

test("what another plan goes on with is kept, disks and all", () => {
  const { folder, call } = scene({ ...planned(BootRoute.Live), keep: "", disks: "disk.raw 1M\n" });
  expect(call("run-stages.sh", [join(folder, "plan"), join(folder, "out")]).status).toBe(0);
  expect(readdirSync(join(folder, "out/machine"))).toEqual(["disk.raw"]);
}, 60_000);

test("KVM: only where it may be used, is there, and runs a guest; the variables of the machine are not written", () => {
  const { folder, call } = scene({ "may-use-kvm": "" }, { serial: "BdsDxe: starting\n" });
  const probe = (more: object, serial?: string) => {
    if (serial !== undefined) writeFileSync(join(folder, "fake/serial"), serial);
    const { status, stdout } = call("probe-kvm.sh", [join(folder, "plan"), "2"], more);
    return [status, stdout.trim()];
  };
  expect(probe({ KVM_DEVICE: "/nonexistent" })).toEqual([1, "there is no /nonexistent"]);
  // any device will do: the guest is a fake
  expect(probe({ KVM_DEVICE: "/dev/null" })).toEqual([0, expect.stringMatching(/^KVM ran a guest in less than \d s$/)]);
  expect(probe({ KVM_DEVICE: "/dev/null" }, "")).toEqual([1, "/dev/null is there but ran no guest within 2 s"]);
  writeFileSync(join(folder, "plan/machine"), "qemu-system-vax\n");
  expect(probe({ KVM_DEVICE: "/dev/null" })).toEqual([1, "another architecture than this machine's"]);
}, 60_000);

test("memory: what the node asks for, what the host has where that is less, and an error where it is too little", () => {
  const { folder, call } = scene({});
  const memory = (available: number) => {
    writeFileSync(join(folder, "meminfo"), `MemTotal: 99999999 kB\nMemAvailable: ${available * 1024} kB\n`);
    return call("memory.sh", ["8192", join(folder, "meminfo")]);
  };
  expect(memory(16_000).stdout).toBe("8192\n");
  expect(memory(6000).stdout).toBe("4976\n");
  expect(memory(2000)).toMatchObject({ status: 1, stdout: "" });
  expect(memory(2000).stderr).toContain("this host has 976 MiB to spare, expected 8192 MiB");
});

test("room: too little ends it before anything is started, with figures", () => {
  const { folder, call } = scene({ ...planned(BootRoute.Installed), room: "99999999\n" });
  const ran = call("run-stages.sh", [join(folder, "plan"), join(folder, "out")]);
  expect([ran.status, existsSync(join(folder, "fake/told"))]).toEqual([1, false]);
  expect(ran.stderr).toMatch(/^room: found \d+ MiB of free disk .*, expected 99999999 MiB at the least/);
  expect(call("room.sh", [folder]).stdout).toMatch(/^\d+\n$/);
});

test("disks: sparse ones are made, one from an earlier plan is gone on with", () => {
  const { folder, call } = scene({});
  const [medium, vm] = [join(folder, "medium"), join(folder, "vm")];
  mkdirSync(vm);
  writeFileSync(join(medium, "vars.fd"), "variables");
  writeFileSync(join(folder, "list"), "disk.raw 1G\n");
  expect(call("make-disks.sh", [join(folder, "list"), medium, vm])).toMatchObject({ status: 0, stderr: "" });
  expect(Bun.file(join(vm, "disk.raw")).size).toBe(1024 ** 3);
  expect(readFileSync(join(vm, "vars.fd"), "utf8")).toBe("variables");
});

test("a card larger than its medium is filled from its start; a medium larger than the card is refused", () => {
  const { folder, call } = scene({});
  writeFileSync(join(folder, "medium.raw"), Buffer.alloc(2 ** 20, "m"));
  expect(spawnSync("zstd", ["-q", join(folder, "medium.raw")]).status).toBe(0);
  const card = (bytes: number) => {
    writeFileSync(join(folder, "card"), Buffer.alloc(bytes));
    return call("make-card.sh", [join(folder, "medium.raw.zst"), join(folder, "card"), join(folder, "no-files")]);
  };
  expect(card(2 ** 21)).toMatchObject({ status: 0, stderr: "" });
  expect(Bun.file(join(folder, "card")).size).toBe(2 ** 21);
  expect(readFileSync(join(folder, "card"), "latin1").slice(0, 3)).toBe("mmm");
  expect(card(2 ** 19).stderr).toContain("the medium takes 1048576 bytes, expected at most the card's 524288");
});

test("a card gets its files, and is none where they found no room: debugfs itself ends well all the same", () => {
  const { folder, call } = scene({});
  const [raw, oem, files] = ["medium.raw", "oem.ext2", "files"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(files);
  writeFileSync(join(files, "simulated-gpio"), "label=chip\nlines=58\n");
  writeFileSync(join(files, "simulate-gpio.sh"), "#!/bin/sh\n".padEnd(5000, "#"));
  writeFileSync(oem, Buffer.alloc(2 ** 20));
  expect(spawnSync("mke2fs", ["-q", "-t", "ext2", oem]).status).toBe(0);
  writeFileSync(raw, Buffer.alloc(4 * 2 ** 20));
  const table = "label: gpt\nstart=2048, size=2048, name=oem\n";
  expect(spawnSync("sfdisk", ["-q", raw], { input: table }).status).toBe(0);
  expect(spawnSync("dd", [`if=${oem}`, `of=${raw}`, "seek=2048", "conv=notrunc"]).status).toBe(0);
  expect(spawnSync("zstd", ["-q", raw]).status).toBe(0);
  const card = () => {
    writeFileSync(join(folder, "card"), Buffer.alloc(8 * 2 ** 20));
    return call("make-card.sh", [`${raw}.zst`, join(folder, "card"), files]);
  };
  expect(card().status).toBe(0);
  writeFileSync(join(files, "simulated-gpio"), Buffer.alloc(2 ** 21, "x"));
  const full = card();
  expect(full.status).toBe(1);
  expect(full.stderr).toContain("make-card: simulated-gpio in the partition oem is not the file that was written");
}, 30_000);
