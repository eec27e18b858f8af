#!/bin/sh
# Notes what is in an ISO without mounting it: KEY<tab>VALUE, one a line. Usage: iso-facts.sh ISO CONTENT
# CONTENT is the image's own listing (content.sh): the medium must hold the same paths.
set -eu
iso=$1 content=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fact() { printf '%s\t%s\n' "$1" "$2"; }
fact medium-bytes "$(stat -c %s "$iso")"
xorriso -indev "$iso" -find / -type f -exec echo 2> "$work/log" | tr -d "'" | while read -r f; do fact file "$f"; done
fact volume "$(sed -n "s/^Volume id *: *'\(.*\)'/\1/p" "$work/log")"
xorriso -osirrox on -indev "$iso" -extract /rootfs.squashfs "$work/squashfs" -extract /config.yaml "$work/config.yaml" 2> /dev/null
sed 's/^/config\t/' "$work/config.yaml"
export LC_ALL=C
mounted='^/(dev|proc|run|sys|tmp)/'
# Below the folder that it would make, which has had this name in every release.
unsquashfs -lc "$work/squashfs" | sed -n 's|^squashfs-root/|/|p' | grep -vE "$mounted" | sort > "$work/medium"
cut -f 6 "$content" | grep '^/' | grep -vE "$mounted" | sort > "$work/image"
fact squashfs-paths "$(grep -c . "$work/medium")"
# Folders that are mounted over at boot do not count, and unsquashfs lists files and empty folders only.
comm -23 "$work/image" "$work/medium" > "$work/missing"
awk -F '\t' '$1 != "d" { print $6 }' "$content" | sort | comm -12 - "$work/missing" | head -n 20 | sed 's/^/missing\t/'
comm -13 "$work/image" "$work/medium" | head -n 20 | sed 's/^/added\t/'

# File capabilities: of the few files that have one in the image.
mkdir "$work/capable"
cut -f 2,6 "$content" | sed -n 's/^[0-7]*+cap://p' | sort > "$work/wanted"
[ ! -s "$work/wanted" ] || cut -f 2 "$work/wanted" | tr '\n' '\0' |
    xargs -0 unsquashfs -q -n -f -no-wildcards -xattrs -d "$work/capable" "$work/squashfs" > /dev/null
"$here/capabilities.sh" "$work/capable" | sort | comm -23 "$work/wanted" - | sed 's/^.*\t/no-capability\t/'
