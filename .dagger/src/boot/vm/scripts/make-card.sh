#!/bin/sh
# Writes a RAW medium to a disk larger than itself, as one writes it to a card, and lays files into its OEM partition.
# Usage: make-card.sh MEDIUM DISK FILES
set -eu
medium=$1 disk=$2 files=$3
size=$(stat -c %s "$disk")
zstd -q -d -f --sparse -o "$disk" "$medium"
[ "$(stat -c %s "$disk")" -le "$size" ] || {
    echo "make-card: the medium takes $(stat -c %s "$disk") bytes, expected at most the card's $size" >&2
    exit 1
}
truncate -s "$size" "$disk"
[ -d "$files" ] || exit 0
# The table's second copy stands where the medium ended, and sfdisk says so on stderr; the machine moves it.
start=$(sfdisk -J "$disk" 2> /dev/null | tr -d '\n' | tr '{' '\n' | grep '"name": *"oem"' | sed 's/.*"start": *\([0-9]*\).*/\1/')
[ -n "$start" ] || { echo "make-card: the medium has no partition oem" >&2 && exit 1; }
part="$disk?offset=$((start * 512))"
for file in "$files"/*; do
    echo "write $file $(basename "$file")"
done | debugfs -w -f - "$part"
# debugfs ends well whatever happens: what counts is what can be read afterwards.
for file in "$files"/*; do
    debugfs -R "cat /$(basename "$file")" "$part" 2> /dev/null | cmp -s "$file" - || {
        echo "make-card: $(basename "$file") in the partition oem is not the file that was written" >&2
        exit 1
    }
done
