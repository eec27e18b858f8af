#!/bin/sh
# Fails in a second, and with figures, where a medium would fail in its last minute: AuroraBoot keeps copies of the root file
# system beside each other. Usage: need-disk.sh ROOTFS TIMES MORE FOLDER...    (TIMES the root file system and MORE MiB)
set -eu
rootfs=$1 times=$2 more=$3
shift 3
size=$(du -smx "$rootfs" | cut -f 1)
need=$((size * times + more))
gib() { awk -v mib="$1" 'BEGIN { printf "%.1f GiB", mib / 1024 }'; }
for folder in "$@"; do
    free=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$need" ] || {
        echo "found $(gib "$free") of free disk for $folder, expected $(gib "$need"):" \
            "$times times the root file system of $(gib "$size"), and $more MiB" >&2
        exit 1
    }
done
