#!/bin/sh
# Lays the role's files over the root file system and stamps the version. Usage: apply-role.sh FOLDER [KEY=VALUE...]
# Folders that exist keep their owner and mode, and symbolic links such as /lib stay links.
set -eu
role=$1
shift
# An archive that lacks a file which could not be read is whole for who unpacks it: whoever packs it says that it has all.
packed=$({
    { tar -C "$role" --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - . && echo all >&3; } |
        tar -C / --no-overwrite-dir --keep-directory-symlink -xpf -
} 3>&1)
[ "$packed" = all ] || { echo "apply-role: not all of the role could be read" >&2 && exit 1; }

release=/etc/kairos-release
for pair in "$@"; do
    key=${pair%%=*}
    sed -i "/^$key=/d" "$release"
    echo "$key=\"${pair#*=}\"" >> "$release"
done
sort -o "$release" "$release"
