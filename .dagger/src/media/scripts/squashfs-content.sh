#!/bin/sh
# Lists what is in a squashfs in the form of content.sh, as far as that shows without unpacking it: CONTENT of a file is "?"
# but for those of /etc and of the paths on stdin, which are unpacked and looked into. Usage: squashfs-content.sh SQUASHFS
set -eu
squashfs=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" awk sort unsquashfs xargs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
mkdir "$work/tree"
{ echo /etc && cat; } | tr '\n' '\0' |
    xargs -0 unsquashfs -q -n -f -no-wildcards -xattrs -d "$work/tree" "$squashfs" > /dev/null
"$here/content.sh" "$work/tree" > "$work/known"
# "-rwsr-xr-x 0/0   1234 2026-01-01 00:00 squashfs-root/usr/bin/x", a link with " -> TARGET" at its end
unsquashfs -lln "$squashfs" | awk -v OFS='\t' -v known="$work/known" '
    function octal(text,  i, c, n) {
        for (i = 0; i < 9; i++) {
            c = substr(text, i + 2, 1)
            if (c ~ /[rwxst]/) n += 2 ^ (8 - i)
            if (c ~ /[sStT]/) n += 2 ^ (11 - int(i / 3))
        }
        return sprintf("%o", n)
    }
    BEGIN {
        while ((getline line < known) > 0) {
            path = line
            for (i = 1; i < 6; i++) path = substr(path, index(path, "\t") + 1)
            if (line ~ /^f/) seen[path] = line
        }
    }
    match($0, / [0-9]+-[0-9]+-[0-9]+ [0-9]+:[0-9]+ squashfs-root\//) {
        path = substr($0, RSTART + RLENGTH - 1)
        type = substr($1, 1, 1)
        if (type == "-") type = "f"
        content = type == "f" ? "?" : "-"
        if (type == "l") { at = index(path, " -> "); content = substr(path, at + 4); path = substr(path, 1, at - 1) }
        owner = $2
        sub("/", ":", owner)
        if (path in seen) print seen[path]
        else print type, octal($1), owner, type == "f" ? $3 : "-", content, path
    }' | sort -t "$(printf '\t')" -k 6
