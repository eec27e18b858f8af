#!/bin/sh
# Makes the ISO of a root file system with AuroraBoot. Usage: make-iso.sh NAME ROOTFS CLOUD-CONFIG FOLDER
# Writes FOLDER/NAME.iso. The live system reads the squashfs with the kernel in ROOTFS only, never with GRUB.
set -eu
name=$1 rootfs=$2 config=$3 out=$4
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" auroraboot awk df du mksquashfs paste rsync xorriso
PATH=$here/shim-xattrs:$PATH
# AuroraBoot copies the root file system twice; its squashfs and the ISO with it are at most half as large each.
"$here/need-disk.sh" "$rootfs" 3 100 /tmp

if grep -q '^CONFIG_SQUASHFS_ZSTD=y' "$rootfs"/boot/config-* 2> /dev/null; then
    PATH=$here/shim:$PATH
else
    echo "the kernel cannot read squashfs with zstd: gzip is used, which takes minutes"
fi
auroraboot build-iso --output "$out" --cloud-config "$config" --override-name "$name" "dir:$rootfs"
[ -s "$out/$name.iso" ] || {
    echo "auroraboot wrote no $name.iso, but: $(ls "$out")" >&2
    exit 1
}
rm -f "$out/$name.iso.sha256"
