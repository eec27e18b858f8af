#!/bin/sh
# Notes what is in an ISO without mounting it: KEY<tab>VALUE, one a line. Usage: iso-facts.sh ISO CONTENT
# CONTENT is the image's own listing (content.sh): what the medium's differs in is noted.
set -eu
iso=$1 content=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" cut sed unsquashfs xorriso
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fact() { printf '%s\t%s\n' "$1" "$2"; }
xorriso -indev "$iso" -find / -type f -exec echo 2> "$work/log" | tr -d "'" | while read -r f; do fact file "$f"; done
fact volume "$(sed -n "s/^Volume id *: *'\(.*\)'/\1/p" "$work/log")"
xorriso -osirrox on -indev "$iso" -extract /rootfs.squashfs "$work/squashfs" -extract /config.yaml "$work/config.yaml" 2> /dev/null
sed 's/^/config\t/' "$work/config.yaml"
# The few files that have a capability in the image are looked into, too.
cut -f 2,6 "$content" | sed -n 's/^[0-7]*+cap:[^\t]*\t//p' | "$here/squashfs-content.sh" "$work/squashfs" > "$work/listing"
"$here/compare-content.sh" "$content" "$work/listing"
