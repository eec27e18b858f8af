#!/bin/sh
# Lists the root file system in a RAW disk, as content.sh does. Usage: raw-content.sh DISK FACTS    (FACTS of raw-facts.sh)
# Mounts it read-only, through loop devices, for itself alone: in the container where AuroraBoot has just filled it so.
set -eu
disk=$1 facts=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" awk find mount mountpoint umount
place=$(awk '$1 == "partition" && $6 == "COS_RECOVERY" { print "offset=" $3 ",sizelimit=" $4 }' "$facts")
work=$(mktemp -d)
mkdir "$work/recovery" "$work/rootfs"
clean() {
    for name in rootfs recovery; do ! mountpoint -q "$work/$name" || umount "$work/$name"; done
    rm -rf "$work"
}
trap clean EXIT
# No such partition: its guard says so; an empty listing is no root file system either.
[ -n "$place" ] || exit 0
mount -o "ro,loop,$place" "$disk" "$work/recovery"
image=$work/recovery/cOS/recovery.img
[ -f "$image" ] || {
    echo "COS_RECOVERY has no cOS/recovery.img, but: $(cd "$work/recovery" && find . -maxdepth 2)" >&2
    exit 1
}
mount -o ro,loop "$image" "$work/rootfs"
"$here/content.sh" "$work/rootfs"
