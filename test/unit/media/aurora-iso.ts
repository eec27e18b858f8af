import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Makes a small ISO with the arguments that AuroraBoot v0.26.2 gives xorriso (pkg/ops/iso.go, pkg/constants/constants.go:
 * GetXorrisoBooloaderArgs): the file system is there twice, as the whole and as the first partition.
 */
export function auroraIso(folder: string): string {
  const root = join(folder, "root");
  const files: Record<string, string | Buffer> = {
    "config.yaml": "#cloud-config\n",
    "rootfs.squashfs": Buffer.alloc(3_000_000, "squashfs "),
    "boot/boot_hybrid.img": Buffer.alloc(512, "hybrid"),
    "boot/uefi.img": Buffer.alloc(4 * 1024 * 1024, "uefi"),
    "boot/eltorito.img": Buffer.alloc(30_000, "eltorito"),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const iso = join(folder, "aurora.iso");
  const image = (words: string) => words.split(" ").flatMap((word) => ["-boot_image", ...word.split(":", 2)]);
  const words = [
    ...[
      "-volid",
      "COS_LIVE",
      "-joliet",
      "on",
      "-padding",
      "0",
      "-outdev",
      iso,
      "-map",
      root,
      "/",
      "-chmod",
      "0755",
      "--",
    ],
    ...image(`grub:bin_path=/boot/eltorito.img grub:grub2_mbr=${root}/boot/boot_hybrid.img grub:grub2_boot_info=on`),
    ...image("any:partition_offset=16 any:cat_path=/boot/boot.catalog any:cat_hidden=on any:boot_info_table=on"),
    ...image("any:platform_id=0x00 any:emul_type=no_emulation any:load_size=2048 any:next"),
    ...image("any:platform_id=0xef any:emul_type=no_emulation"),
    ...["-append_partition", "2", "0xef", `${root}/boot/uefi.img`],
    ...["-boot_image", "any", "efi_path=--interval:appended_partition_2:all::"],
    ...image("any:appended_part_as=gpt any:mbr_force_bootable=on"),
  ];
  execFileSync("xorriso", words, { stdio: "ignore" });
  return iso;
}
