import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { machineFor } from "../../../.dagger/src/boot/machine";
import { PORT } from "../../../.dagger/src/boot/role-check/entries";
import { BootRoute } from "../../../.dagger/src/boot/route";
import { LEAST_SECONDS, planFiles, roleSeconds, stagesOf } from "../../../.dagger/src/boot/stages";

const node = {
  arch: "amd64" as const,
  memory: "8GiB",
  assertions: [
    { name: "a", command: "true", within: "90s" },
    { name: "b", command: "true", within: "10min" },
  ],
};
const plan = (route: BootRoute, kvm = true) =>
  new Map(planFiles(node, stagesOf(node, route), "uefi", kvm, 2 ** 30).map(({ path, text }) => [path, text]));

test("a stage waits as long as role-check may take, which tries each assertion for so long at the least", () => {
  const run = readFileSync(join(import.meta.dir, "../../../.dagger/src/boot/role-check/files/run"), "utf8");
  expect(run).toMatch(new RegExp(`^pause=\\d+ least=${LEAST_SECONDS} `, "m"));
  expect(roleSeconds(node)).toBe(600 + 2 * LEAST_SECONDS);
});

test("live: one machine with the medium alone, the port, and no disk", () => {
  const files = plan(BootRoute.Live);
  expect(files.get("disks")).toBe("");
  const args = files.get("1-live/qemu.args") ?? "";
  expect(args).toContain("file=/medium/node.iso");
  expect(args).toContain(`virtserialport,chardev=port,name=${PORT}\n`);
  expect(args).not.toMatch(/disk|no-reboot/);
});

test("the machine has the memory that node.yaml names", () => {
  expect(plan(BootRoute.Live).get("memory")).toBe("8192\n");
  expect(machineFor(node, "uefi").command).not.toContain("-m");
});

test("a stage's time covers the start, the assertion with most time, one try of each that is late, and the report", () => {
  expect(stagesOf(node, BootRoute.Live).map(({ seconds }) => seconds)).toEqual([180 + 600 + 2 * 30 + 150]);
});

test("installed: one disk through all stages; the medium is gone from the third on", () => {
  const files = plan(BootRoute.Installed);
  expect(files.get("disks")).toBe("disk.raw 40G\n");
  expect(files.get("2-install/ends")).toBe("exit\n");
  expect(files.get("2-install/qemu.args")).toContain("-no-reboot\n");
  expect(files.get("2-install/qemu.args")).not.toContain(PORT);
  for (const stage of ["3-installed", "4-again"]) {
    const args = files.get(`${stage}/qemu.args`) ?? "";
    expect(args).toContain("file=/vm/disk.raw");
    expect(args).not.toContain(".iso");
    expect(files.get(`${stage}/powerdown`)).toBe("180\n");
  }
});

test("the room that a disk needs at the least: three copies of the image once it is installed, none before", () => {
  expect(plan(BootRoute.Live).get("room")).toBe("0\n");
  expect(plan(BootRoute.Installed).get("room")).toBe("3072\n");
});

test("stages run in the order of their names", () => {
  const names = stagesOf(node, BootRoute.Installed).map(({ name }) => name);
  expect(names).toEqual([...names].sort());
});

test("KVM is tried only where it may be", () => {
  expect(plan(BootRoute.Live, true).has("may-use-kvm")).toBe(true);
  expect(plan(BootRoute.Live, false).has("may-use-kvm")).toBe(false);
});

test("the processor is emulated as one that is quick to emulate", () => {
  expect(plan(BootRoute.Live).get("cpu")).toBe("max\n");
  expect(machineFor({ arch: "arm64" }, "uefi").cpu).toBe("cortex-a72");
});

test("the machine is the node's: firmware, emulator and packages by architecture", () => {
  expect(machineFor({ arch: "amd64" }, "uefi")).toMatchObject({ packages: ["qemu-system-x86", "ovmf"] });
  expect(machineFor({ arch: "amd64" }, "bios").firmware).toBe("");
  expect(machineFor({ arch: "amd64" }, "bios").command.join(" ")).not.toContain("pflash");
  // or its BIOS says nothing where the watcher reads
  expect(machineFor({ arch: "amd64" }, "bios").command).toContain("q35,graphics=off");
  expect(machineFor({ arch: "arm64" }, "uefi").command.slice(0, 3)).toEqual([
    "qemu-system-aarch64",
    "-machine",
    "virt",
  ]);
});
