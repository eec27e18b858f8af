#!/bin/sh
# Says where a medium's root file system is not the image's, both listed in the form of content.sh: missing, added or changed,
# a tab, and the path, with what changed; 20 of each at most. Usage: compare-content.sh IMAGE MEDIUM
# A CONTENT of "?" on the medium is not compared. Folders that AuroraBoot leaves out do not count (kairos-agent's DumpSource).
set -eu
awk -F '\t' '
    function path(  i, rest) {
        rest = $0
        for (i = 1; i < 6; i++) rest = substr(rest, index(rest, "\t") + 1)
        return rest
    }
    function note(kind, text) { if (++count[kind] <= 20) print kind "\t" text }
    BEGIN { split("type mode owner size content", name, " ") }
    { here = path() }
    here ~ /^\/(dev|host|mnt|proc|run|sys|tmp)(\/|$)/ { next }
    FILENAME == ARGV[1] { image[here] = $1 FS $2 FS $3 FS $4 FS $5; order[++paths] = here; next }
    !(here in image) { note("added", here); next }
    {
        split(image[here], was, FS)
        delete image[here]
        what = ""
        for (i = 1; i <= 5; i++)
            if (was[i] != $i && !(i == 5 && $i == "?")) what = what (what ? ", " : "") name[i] " " was[i] " -> " $i
        if (what) note("changed", here " (" what ")")
    }
    END { for (i = 1; i <= paths; i++) if (order[i] in image) note("missing", order[i]) }' "$1" "$2"
