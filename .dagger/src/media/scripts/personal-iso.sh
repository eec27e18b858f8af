#!/bin/sh
# Copies an ISO and gives the copy its owner's cloud-config. Usage: personal-iso.sh ISO CONFIG COPY
# Kairos reads every *.yaml at the root of its ISO, by name: this one comes after config.yaml, so that it wins.
# The copy is written anew: an ISO on a USB stick is mounted through its first partition as well as whole, and a file system
# that is only added to keeps its old tree there. What is in CONFIG is shown nowhere.
set -eu
iso=$1 config=$2 copy=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" blkid jq sfdisk sha256sum xorriso
mkdir -p "$(dirname "$copy")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    cat "$work/log" >&2
    echo "personal-iso: $1" >&2
    exit 1
}
: > "$work/log"

# -joliet and -padding as AuroraBoot has them; "replay" is all that makes it start.
xorriso -indev "$iso" -outdev "$copy" -boot_image any replay -joliet on -padding 0 \
    -map "$config" /personal.yaml -chmod 0600 /personal.yaml -- 2> "$work/log" || fail "the file cannot be put on the ISO"

# Expects the file given in an ISO, which $2 names.
expect_in() {
    rm -f "$work/back"
    xorriso -osirrox on -indev "$1" -extract /personal.yaml "$work/back" 2> "$work/log" || fail "there is no file in $2"
    [ "$(sha256sum < "$config")" = "$(sha256sum < "$work/back")" ] || fail "the file in $2 is not the one given"
}
expect_in "$copy" "the ISO"
sfdisk -J "$copy" 2> "$work/log" > "$work/table" || fail "the ISO has no partitions"
for place in $(jq -r '.partitiontable.partitions[] | "\(.start * 512)+\(.size * 512)"' "$work/table"); do
    offset=${place%+*} size=${place#*+}
    [ "$(blkid -p -o value -s TYPE --offset "$offset" --size "$size" "$copy")" = iso9660 ] || continue
    tail -c "+$((offset + 1))" "$copy" | head -c "$size" > "$work/partition"
    expect_in "$work/partition" "the ISO's partition at byte $offset"
    rm "$work/partition"
done
