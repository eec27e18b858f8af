#!/bin/sh
# Copies a RAW disk and gives the copy its owner's cloud-config. Usage: personal-raw.sh RAW.ZST CONFIG COPY.ZST
# It stands in the partition COS_OEM, as on the machine. What is in CONFIG is shown nowhere.
set -eu
medium=$1 config=$2 copy=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" blkid debugfs e2fsck jq sfdisk sha256sum zstd
mkdir -p "$(dirname "$copy")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    cat "$work/log" >&2
    echo "personal-raw: $1" >&2
    exit 1
}
: > "$work/log"

disk=$work/disk
zstd -q -d --sparse -o "$disk" "$medium"
for start in $(sfdisk -J "$disk" | jq -r '.partitiontable.partitions[].start'); do
    # a partition without a file system is not told from one that cannot be read: neither is COS_OEM
    label=$(blkid -p -o value -s LABEL --offset $((start * 512)) "$disk" 2> /dev/null || true)
    [ "$label" != COS_OEM ] || part="$disk?offset=$((start * 512))"
done
[ -n "${part:-}" ] || fail "the disk has no partition COS_OEM"
file=91_personal.yaml
printf '%s\n' "write $config $file" "sif $file mode 0100600" "sif $file uid 0" "sif $file gid 0" > "$work/steps"
# debugfs ends well whatever happens: what counts is what can be read afterwards.
debugfs -w -f "$work/steps" "$part" > "$work/log" 2>&1
debugfs -R "cat /$file" "$part" > "$work/back" 2> /dev/null
[ "$(sha256sum < "$config")" = "$(sha256sum < "$work/back")" ] || fail "the file on the disk is not the one given"
e2fsck -fn "$part" > "$work/log" 2>&1 || fail "the file system of COS_OEM is damaged"
zstd -T0 -3 -q --no-progress -o "$copy" "$disk"
