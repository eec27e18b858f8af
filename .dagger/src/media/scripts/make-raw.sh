#!/bin/sh
# Makes the RAW disk of a root file system with AuroraBoot, notes what is in it, and compresses it.
# Usage: make-raw.sh NAME ROOTFS CLOUD-CONFIG FOLDER ARCH    Writes NAME.raw.zst,
# NAME.facts and NAME.content (its root file system, listed) in FOLDER.
# Needs loop devices. The disk itself is removed: it is mostly holes, which a layer of an image would fill.
set -eu
name=$1 rootfs=$2 config=$3 out=$4 arch=$5
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" auroraboot awk df du find paste rsync zstd
PATH=$here/shim-xattrs:$PATH
work=$out/work
mkdir -p "$work"
# At its highest: AuroraBoot's copy of the root file system, the recovery partition that holds it, and the disk, dense, whose
# recovery partition is twice its image (AuroraBoot's recoveryPartitionSize).
"$here/need-disk.sh" "$rootfs" 4 1000 /tmp "$work"
auroraboot --cloud-config "$config" --set disable_http_server=true --set disable_netboot=true --set "state_dir=$work" \
    --set disk.efi=true --set no_default_cloud_config=true --set "arch=$arch" --set "container_image=dir:$rootfs"
raw=$(find "$work" -name '*.raw' -size +0 | head -n 1)
[ -n "$raw" ] || {
    echo "auroraboot wrote no .raw, but: $(find "$work" -maxdepth 2)" >&2
    exit 1
}
"$here/raw-facts.sh" "$raw" > "$out/$name.facts"
"$here/raw-content.sh" "$raw" "$out/$name.facts" > "$out/$name.content"
echo "== compressing"
zstd -T0 -"${RAW_ZSTD_LEVEL:-9}" -q -f --no-progress -o "$out/$name.raw.zst" "$raw"
rm -rf "$work"
