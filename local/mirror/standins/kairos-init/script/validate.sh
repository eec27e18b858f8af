#!/bin/bash
# Says what an image lacks to boot. Exit code 1 if anything.
# shellcheck disable=SC2154

missing=0
miss() {
    echo "missing: $*" >&2
    missing=1
}

validate() {
    local it k
    for it in immucore kairos-agent init rsync mkfs.ext4 blkid; do
        command -v "$it" > /dev/null || miss "the program $it"
    done
    for it in /boot/vmlinuz /boot/initrd /etc/kairos-release /etc/cos/{grub,bootargs}.cfg /system/oem/00_rootfs.yaml \
        /usr/lib/systemd/system/cos-setup-boot.service /usr/lib/shim/shim*.efi.signed /usr/lib/grub/*-efi-signed/g*.efi.signed; do
        [ -s "$it" ] || miss "the file $it"
    done
    for it in ID NAME VERSION ARCH TARGETARCH FLAVOR FLAVOR_RELEASE FAMILY MODEL VARIANT FIPS TRUSTED_BOOT; do
        grep -Eqs "^KAIROS_$it=\"?[^\"]" /etc/kairos-release || miss "KAIROS_$it in /etc/kairos-release"
    done
    k=$(kernel_of)
    [ -n "$k" ] || miss 'a kernel in /usr/lib/modules'
    for it in SQUASHFS_ZSTD=y OVERLAY_FS=[ym] BLK_DEV_LOOP=[ym] EFI_STUB=y; do
        grep -Eqs "^CONFIG_$it" "/boot/config-$k" || miss "CONFIG_$it in /boot/config-$k"
    done
    [ ! -s /boot/initrd ] || validate_initrd "$k"
    [ $missing = 0 ] && say 'validate: nothing is missing'
}

validate_initrd() {
    local list it
    list=$(lsinitrd /boot/initrd) || miss 'a readable /boot/initrd'
    for it in usr/bin/immucore initrd.target.requires/immucore.service dmsquash-live-root "modules/$1/.*/overlay.ko"; do
        grep -q "$it" <<< "$list" || miss "$it in /boot/initrd"
    done
}
