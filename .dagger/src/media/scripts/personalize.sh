#!/bin/sh
# Copies a medium and gives the copy its owner's cloud-config. Usage: personalize.sh MEDIUM CONFIG COPY
# COPY ends in .iso or .raw.zst, as MEDIUM is. Kairos reads every *.yaml at the root of its ISO, by name: this one comes after
# config.yaml, so that it wins. On a RAW disk both stand in the partition COS_OEM, as on the machine. What is in CONFIG is shown nowhere.
set -eu
medium=$1 config=$2 copy=$3
mkdir -p "$(dirname "$copy")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    cat "$work/log" >&2
    echo "personalize: $1" >&2
    exit 1
}
same() { [ "$(sha256sum < "$config")" = "$(sha256sum < "$1")" ]; }
: > "$work/log"
: > "$work/back"

case "$copy" in
    *.iso)
        cp "$medium" "$copy"
        xorriso -dev "$copy" -boot_image any keep -map "$config" /personal.yaml -chmod 0600 /personal.yaml -- \
            2> "$work/log" || fail "the file cannot be put on the ISO"
        xorriso -osirrox on -indev "$copy" -extract /personal.yaml "$work/back" 2> /dev/null || true
        same "$work/back" || fail "the file on the ISO is not the one given"
        ;;
    *.raw.zst)
        disk=$work/disk
        zstd -q -d --sparse -o "$disk" "$medium"
        for start in $(sfdisk -J "$disk" | jq -r '.partitiontable.partitions[].start'); do
            label=$(blkid -p -o value -s LABEL --offset $((start * 512)) "$disk" 2> /dev/null || true)
            [ "$label" != COS_OEM ] || part="$disk?offset=$((start * 512))"
        done
        [ -n "${part:-}" ] || fail "the disk has no partition COS_OEM"
        file=91_personal.yaml
        printf '%s\n' "write $config $file" "sif $file mode 0100600" "sif $file uid 0" "sif $file gid 0" > "$work/steps"
        # debugfs ends well whatever happens: what counts is what can be read afterwards.
        debugfs -w -f "$work/steps" "$part" > "$work/log" 2>&1
        debugfs -R "cat /$file" "$part" > "$work/back" 2> /dev/null
        same "$work/back" || fail "the file on the disk is not the one given"
        e2fsck -fn "$part" > "$work/log" 2>&1 || fail "the file system of COS_OEM is damaged"
        zstd -T0 -3 -q --no-progress -o "$copy" "$disk"
        ;;
    *) fail "expected .iso or .raw.zst, found $copy" ;;
esac
