import { expect, test } from "bun:test";
import { parseFacts } from "../../../.dagger/src/media/facts.js";
import { isoProblems } from "../../../.dagger/src/media/iso-guards.js";
import { parseRawFacts, rawProblems } from "../../../.dagger/src/media/raw-guards.js";

const config = "#cloud-config\ninstall:\n  auto: false\n";
const iso = [
  "file\t/boot/kernel",
  "file\t/boot/initrd",
  "file\t/rootfs.squashfs",
  "volume\tCOS_LIVE",
  ...config
    .trim()
    .split("\n")
    .map((l) => `config\t${l}`),
];
const isoRules = (...lines: string[]) =>
  isoProblems("probe", parseFacts(lines.join("\n")), config).map(({ rule }) => rule);

test("a good ISO has no problem", () => expect(isoRules(...iso)).toEqual([]));
test("the folders that AuroraBoot makes are no difference", () => expect(isoRules(...iso, "added\t/oem")).toEqual([]));
test("a missing kernel", () => expect(isoRules(...iso.slice(1))).toEqual(["iso/bootable"]));
test("another label", () => expect(isoRules(...iso.filter((l) => !l.startsWith("volume")))).toEqual(["iso/label"]));
test("another root file system", () =>
  expect(
    isoRules(...iso, "missing\t/usr/bin/k0s", "added\t/root/.ssh/id_rsa", "changed\t/etc/shadow (mode 640 -> 644)"),
  ).toEqual(["iso/same-rootfs", "iso/same-rootfs", "iso/same-rootfs"]));
test("a program that lost its capability on the way to the medium", () => {
  const lost = "changed\t/usr/bin/arping (mode 755+cap:0100000200200000 -> 755)";
  const problems = isoProblems("probe", parseFacts([...iso, lost].join("\n")), config);
  expect(problems).toMatchObject([
    { rule: "iso/same-rootfs", found: expect.stringContaining("/usr/bin/arping"), reason: expect.any(String) },
  ]);
});
test("the default user is named", () => {
  const facts = parseFacts(
    [...iso.filter((l) => !l.startsWith("config")), 'config\t          passwd: "kairos"'].join("\n"),
  );
  expect(isoProblems("probe", facts, config)).toMatchObject([
    { rule: "iso/config", found: "AuroraBoot's default user kairos/kairos" },
  ]);
});

const raw = [
  "table gpt",
  "partition efi 1048576 67108864 vfat COS_GRUB C12A",
  "partition oem 68157440 67108864 ext2 COS_OEM 0FC6",
  "partition recovery 135266304 2936012800 ext2 COS_RECOVERY 0FC6",
  "file oem /lost+found ",
  "file oem /90_custom.yaml 120",
  "file oem /01_reset.yaml 900",
  "file oem /grubenv 1024",
  "file recovery /cOS/recovery.img 900000000",
  "esp EFI/BOOT/bootaa64.efi",
  "esp EFI/BOOT/grubaa64.efi",
  "esp start4.elf",
  "esp fixup4.dat",
  "esp bcm2711-rpi-4-b.dtb",
  "esp config.txt",
  "esp u-boot.bin",
  "esp-config arm_64bit=1",
  "esp-config kernel=u-boot.bin",
  ...config
    .trim()
    .split("\n")
    .map((l) => `oem-config ${l}`),
];
const rawRules = (lines: string[], model: "rpi4" | "generic" = "rpi4", arch: "amd64" | "arm64" = "arm64") =>
  rawProblems({ name: "probe", model, arch }, parseRawFacts(lines.join("\n")), config).map(({ rule }) => rule);
const less = (start: string) => raw.filter((line) => !line.startsWith(start));

test("a good RAW has no problem", () => expect(rawRules(raw)).toEqual([]));
test("a generic RAW needs no firmware of the Pi", () => {
  expect(
    rawRules(
      raw.filter((l) => !/elf|fixup|dtb|config\.txt|u-boot/.test(l)),
      "generic",
    ),
  ).toEqual([]);
});
test.each(["start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb"])("without %s", (name) =>
  expect(rawRules(less(`esp ${name}`))).toEqual(["raw/pi-firmware"]),
);
test("without u-boot", () => expect(rawRules(less("esp u-boot"))).toEqual(["raw/pi-uboot"]));
test("a config.txt that starts a kernel of its own", () => {
  expect(rawRules([...less("esp-config kernel"), "esp-config kernel=start4.elf"])).toEqual(["raw/pi-uboot"]);
});
test("without a boot loader", () => expect(rawRules(less("esp EFI"))).toEqual(["raw/efi"]));
test.each(["boot", "grub"])("with one of the two loaders only: no %s", (name) =>
  expect(rawRules(less(`esp EFI/BOOT/${name}`))).toEqual(["raw/efi"]),
);
test("with the loaders of another architecture", () => expect(rawRules(raw, "generic", "amd64")).toEqual(["raw/efi"]));
test("a file in COS_OEM that nobody asked for: each boot would run it", () => {
  const facts = parseRawFacts([...raw, "file oem /91_extra.yaml 20"].join("\n"));
  expect(rawProblems({ name: "probe", model: "rpi4", arch: "arm64" }, facts, config)).toMatchObject([
    { rule: "raw/oem-files", found: "/91_extra.yaml" },
  ]);
});
test("an MBR", () => expect(rawRules([...less("table"), "table dos"])).toEqual(["raw/table"]));
test("a partition missing, too small, or of another kind", () => {
  expect(rawRules(less("partition recovery"))).toEqual(["raw/partition"]);
  expect(rawRules([...less("partition oem"), "partition oem 1 1048576 ext2 COS_OEM x"])).toEqual(["raw/partition"]);
  expect(rawRules([...less("partition efi"), "partition efi 1 67108864 ext2 COS_GRUB x"])).toEqual(["raw/partition"]);
});
test("the default user on the OEM partition", () => {
  expect(rawRules([...less("oem-config"), 'oem-config   passwd: "kairos"'])).toEqual(["raw/config"]);
});
