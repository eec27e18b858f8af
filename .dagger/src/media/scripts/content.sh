#!/bin/sh
# Lists what is in a root file system, in one canonical form, so that two of them can be compared. Usage: content.sh ROOTFS
# A line a path, sorted by its bytes: TYPE MODE UID:GID SIZE CONTENT PATH, separated by tabs. TYPE is f, d, l, or another
# letter of find's; MODE ends in +cap:HEX where the file has a capability, which is a permission, too; SIZE and CONTENT (the
# sha256) are of files only; CONTENT of a link is its target. A line break in a name is shown as \001. No time stamps. The
# sha256 of this listing is the content digest.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" awk find nproc od sed sha256sum sort tar xargs
cd "$1"
export LC_ALL=C
sums=$(mktemp -d)
trap 'rm -rf "$sums"' EXIT
# One output file a process: lines of two processes in one file would mix.
# shellcheck disable=SC2016 # the inner shell expands them
find . -xdev -type f -print0 |
    xargs -0 -r -P "$(nproc)" -n 512 sh -c 'sha256sum -z -- "$@" > "$0/$$"' "$sums"
find . -xdev -mindepth 1 -printf '%y\t%m\t%U:%G\t%s\t%l\t%p\0' | tr '\n\0' '\001\n' > "$sums.meta"
"$here/capabilities.sh" . > "$sums.caps"
cat "$sums"/* | tr '\n\0' '\001\n' |
    awk -v FS='\t' -v OFS='\t' -v meta="$sums.meta" -v caps="$sums.caps" '
        { sum[substr($0, 67)] = substr($0, 1, 64) }
        END {
            while ((getline line < caps) > 0) cap[substr(line, index(line, "\t") + 1)] = substr(line, 1, index(line, "\t") - 1)
            while ((getline < meta) > 0) {
                if ($1 == "f") $5 = sum[$6]; else $4 = "-"
                if ($5 == "") $5 = "-"
                $6 = substr($6, 2)
                if ($6 in cap) $2 = $2 "+cap:" cap[$6]
                print
            }
        }' | sort -t "$(printf '\t')" -k 6
rm -f "$sums.meta" "$sums.caps"
