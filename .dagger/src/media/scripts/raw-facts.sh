#!/bin/sh
# Notes what is in a RAW disk without mounting it, one fact a line: KEY VALUE... Usage: raw-facts.sh DISK
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" awk blkid debugfs mdir mtype sed sfdisk
disk=$1
table=$(sfdisk -J "$disk")
echo "table $(echo "$table" | tr -d ' \n' | sed -n 's/.*"label":"\([^"]*\)".*/\1/p')"
# "start": 64, "size": 131072, "type": "C12A...", "name": "efi"
echo "$table" | tr -d '\n' | tr '{' '\n' | grep '"node"' | while read -r line; do
    field() { echo "$line" | sed -n "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p"; }
    offset=$(($(field start) * 512))
    name=$(field name)
    probe() { blkid -p -o value -s "$1" --offset "$offset" "$disk" 2> /dev/null || true; }
    echo "partition ${name:-unnamed} $offset $(($(field size) * 512)) $(probe TYPE) $(probe LABEL) $(field type)"
    case "$(probe TYPE)" in
        vfat)
            mdir -b -/ -i "$disk@@$offset" ::/ 2> /dev/null | sed 's|^::/|esp |'
            mtype -i "$disk@@$offset" ::/config.txt 2> /dev/null | tr -d '\r' | sed 's/^/esp-config /' || true
            ;;
        ext*)
            part="$disk?offset=$offset"
            for folder in / /cOS; do
                debugfs -R "ls -p $folder" "$part" 2> /dev/null | awk -F/ -v n="$name" -v d="${folder%/}" \
                    'NF > 6 && $6 != "." && $6 != ".." { print "file", n, d "/" $6, $7 }'
            done
            debugfs -R "cat /90_custom.yaml" "$part" 2> /dev/null | sed "s/^/oem-config /"
            ;;
    esac
done
