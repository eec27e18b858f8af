#!/bin/sh
# Tells which kernel of a root file system starts in QEMU's machine `virt`. Usage: virt-kernel.sh ROOTFS
# Prints `own VERSION` where it is the one that boots on the board, `other VERSION` where it is another one that is there, and
# `none PACKAGE` with the distribution's generic kernel where none does. Runs nothing of ROOTFS.
set -eu
cd "$1"
fail() { echo "virt-kernel: $*" >&2 && exit 1; }
# What the firmware starts, how the machine describes itself, its serial console, its disk and the port of role-check.
starts() { # VERSION
    [ -f "boot/vmlinuz-$1" ] && [ -d "usr/lib/modules/$1" ] && [ -f "boot/config-$1" ] || return 1
    for option in EFI_STUB=y ACPI=y SERIAL_AMBA_PL011_CONSOLE=y 'VIRTIO_PCI=[ym]' 'VIRTIO_BLK=[ym]' 'VIRTIO_CONSOLE=[ym]'; do
        grep -q "^CONFIG_$option\$" "boot/config-$1" || return 1
    done
}
# Its target is absolute: here it leads out of ROOTFS, so that only the link itself can be asked for.
[ -L boot/vmlinuz ] || fail "/boot/vmlinuz is no link to the kernel that boots; found: $(find boot -name 'vmlinuz*' | tr '\n' ' ')"
own=$(readlink boot/vmlinuz)
own=${own##*/vmlinuz-}
if starts "$own"; then echo "own $own" && exit; fi
for config in boot/config-*; do
    other=${config#boot/config-}
    if starts "$other"; then echo "other $other" && exit; fi
done
id=$(sed -n 's/^ID="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' usr/lib/os-release)
case "$id" in
    ubuntu) echo "none linux-image-generic" ;;
    debian) echo "none linux-image-arm64" ;;
    *) fail "found the distribution \"$id\" in /usr/lib/os-release, expected one whose generic kernel is known: ubuntu or debian" ;;
esac
