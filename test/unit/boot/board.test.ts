import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notShown, parseVirtKernel, simulationFiles } from "../../../.dagger/src/boot/board/board";
import { simulatedIn } from "../../../.dagger/src/boot/board/simulated";
import { rawStages } from "../../../.dagger/src/boot/board/stages";
import { BootFirmware, firmwareOf } from "../../../.dagger/src/boot/firmware";
import { BootRoute } from "../../../.dagger/src/boot/route";

const script = join(import.meta.dir, "../../../.dagger/src/boot/board/scripts/virt-kernel.sh");
const VIRT = [
  "EFI_STUB=y",
  "ACPI=y",
  "SERIAL_AMBA_PL011_CONSOLE=y",
  "VIRTIO_PCI=y",
  "VIRTIO_BLK=m",
  "VIRTIO_CONSOLE=m",
];

/** A root file system with kernels and their options, the first of which boots. */
function found(kernels: { [version: string]: string[] }, distribution = "ubuntu", link = true) {
  const root = mkdtempSync(join(tmpdir(), "rootfs-"));
  mkdirSync(join(root, "boot"));
  mkdirSync(join(root, "usr/lib/modules"), { recursive: true });
  writeFileSync(join(root, "usr/lib/os-release"), `NAME=x\nID=${distribution}\nID_LIKE=debian\n`);
  for (const [version, options] of Object.entries(kernels)) {
    mkdirSync(join(root, "usr/lib/modules", version));
    writeFileSync(join(root, `boot/vmlinuz-${version}`), "");
    writeFileSync(join(root, `boot/config-${version}`), options.map((option) => `CONFIG_${option}\n`).join(""));
  }
  const [first] = Object.keys(kernels);
  if (link) symlinkSync(`/boot/vmlinuz-${first}`, join(root, "boot/vmlinuz"));
  const run = spawnSync(script, [root], { encoding: "utf8", env: { ...process.env } });
  return { status: run.status, out: run.stdout.trim(), error: run.stderr.trim() };
}

test.concurrent.each([
  ["the medium's own kernel, where it starts", { "6.1.0-49-arm64": VIRT, "6.2-other": VIRT }, "own 6.1.0-49-arm64"],
  ["another of the image", { "5.15.0-raspi": VIRT.slice(1), "6.8.0-generic": VIRT }, "other 6.8.0-generic"],
  ["the distribution's, where none does", { "5.15.0-raspi": VIRT.slice(0, 4) }, "none linux-image-generic"],
])("kernel: %s", (_title, kernels, expected) => {
  expect(found(kernels)).toEqual({ status: 0, out: expected, error: "" });
});

test.concurrent("kernel: Debian's has another name; an unknown distribution and a missing link are named", () => {
  expect(found({ "6.1-rpi": [] }, "debian").out).toBe("none linux-image-arm64");
  const unknown = found({ "6.1-rpi": [] }, "fedora");
  expect(unknown.status).toBe(1);
  expect(unknown.error).toContain('found the distribution "fedora" in /usr/lib/os-release, expected');
  const unlinked = found({ "6.1-rpi": VIRT }, "debian", false);
  expect(unlinked.status).toBe(1);
  expect(unlinked.error).toContain("/boot/vmlinuz is no link to the kernel that boots; found: boot/vmlinuz-6.1-rpi");
});

test("what virt-kernel.sh printed is read, and nothing else", () => {
  expect(parseVirtKernel("own 6.1.0-49-arm64\n")).toEqual({ kind: "own", name: "6.1.0-49-arm64" });
  expect(() => parseVirtKernel("")).toThrow('printed "", expected own, other or none');
  expect(() => parseVirtKernel("mine 6.1")).toThrow("expected own, other or none");
});

const node = {
  name: "thuroros",
  machine: "Raspberry Pi 4",
  model: "rpi4" as const,
  arch: "arm64" as const,
  assertions: [{ name: "a", command: "true", within: "3min" }],
};

test("stages of a card: recovery lays it out and restarts, then the active system proves the role", () => {
  const stages = rawStages(node, BootRoute.Live);
  expect(stages.map(({ name, ends, boots }) => [name, ends, boots])).toEqual([
    ["1-first", "exit", undefined],
    ["2-active", "done", "active"],
  ]);
  expect(rawStages(node, BootRoute.Installed).map(({ name }) => name)).toEqual(["1-first", "2-active", "3-again"]);
  // one disk, no other medium; a first boot that proved a role would be one of recovery
  expect(stages.flatMap(({ arguments: args }) => args).join(" ")).not.toContain("scsi-cd");
  expect(stages[0]?.arguments).toContain("-no-reboot");
  expect(stages[0]?.arguments.join(" ")).not.toContain("virtserialport");
});

test("the board's GPIO chip is simulated under its own label", () => {
  const files = new Map(simulationFiles(node).map(({ path, text }) => [path, text]));
  expect(files.get("simulated-gpio")).toBe("label=pinctrl-bcm2711\nlines=58\n");
  expect([...files.keys()]).toContain("99_simulated-gpio.yaml");
  expect(simulationFiles({ model: "generic" })).toEqual([]);
});

test("what was not shown names the board, and the kernel that stood in", () => {
  const own = notShown(node, { kind: "own", name: "6.1" });
  expect(own[0]).toStartWith("Not a Raspberry Pi 4:");
  expect(own.join(" ")).toContain("The kernel is the medium's own (6.1)");
  expect(notShown(node, { kind: "other", name: "6.8-generic" }).join(" ")).toContain("a generic one (6.8-generic)");
});

test("an assertion that held on a simulated device is told by its own words", () => {
  const facts = new Map([["simulated", ["pinctrl-bcm2711, a GPIO chip of gpio-sim with 58 lines, gpiochip1"]]]);
  const output = "bell  ok\nbutton     line 23 of pinctrl-bcm2711, active low\nsimulated rings only (no chip)\nup 3 s";
  expect(simulatedIn({ output }, { facts })).toEqual([
    "button line 23 of pinctrl-bcm2711, active low",
    "simulated rings only (no chip)",
  ]);
  expect(simulatedIn({ output: "bell  ok" }, { facts })).toEqual([]);
  expect(simulatedIn({}, { facts: new Map() })).toEqual([]);
});

test("a BIOS is for an ISO of amd64", () => {
  const board = { name: "thuroros", arch: "arm64", medium: "raw" } as const;
  expect(firmwareOf({ name: "noos", arch: "amd64", medium: "iso" }, BootFirmware.Bios)).toBe("bios");
  expect(firmwareOf(board, BootFirmware.Uefi)).toBe("uefi");
  expect(() => firmwareOf(board, BootFirmware.Bios)).toThrow(
    "--firmware: found bios, expected uefi: thuroros is for arm64 and its medium is raw",
  );
});
