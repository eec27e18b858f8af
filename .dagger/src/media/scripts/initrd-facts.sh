#!/bin/sh
# Notes how an initrd is compressed and the kernels that it holds modules of: KEY<tab>VALUE. Usage: initrd-facts.sh INITRD
# An initrd may start with an uncompressed archive (the processor's microcode); the main one follows, compressed.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
initrd=$1
start=0
if [ "$(head -c 6 "$initrd")" = 070701 ]; then
    trailer=$(grep -abo -m 1 'TRAILER!!!' "$initrd" | head -n 1 | cut -d: -f1)
    # zeros fill up to the next block; the first byte after them starts the main archive
    zeros=$(tail -c "+$((trailer + 12))" "$initrd" | head -c 1048576 | tr '\0' '\n' | awk '/./ { print NR - 1; exit }')
    start=$((trailer + 11 + ${zeros:-0}))
fi
main() { tail -c "+$((start + 1))" "$initrd"; }
magic=$(main | head -c 6 | od -An -tx1 | tr -d ' \n')
case "$magic" in
    28b52ffd*) name=zstd ;;
    fd377a58*) name=xz ;;
    1f8b*) name=gzip ;;
    02214c18*) name=lz4 ;;
    303730373031) name=none ;;
    *) printf 'initrd-compression\tunknown, it starts with %s\n' "$magic" && exit ;;
esac
printf 'initrd-compression\t%s\n' "$name"
[ "$name" = none ] || "$here/needs.sh" "$name"
unpack() { case $name in none) cat ;; *) "$name" -dcq ;; esac }
main | unpack 2> /dev/null | grep -aoE 'lib/modules/[0-9][A-Za-z0-9.+~_-]*/' | cut -d/ -f3 | sort -u | sed 's/^/initrd-kernel\t/'
