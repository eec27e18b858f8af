#!/bin/sh
# Lists the file capabilities in a folder: HEX<tab>PATH, by path. Usage: capabilities.sh FOLDER
# The only extended attribute that the layers of an image carry. By tar, because getcap and getfattr are in few images.
set -eu
cd "$1"
export LC_ALL=C
take='--xattrs --xattrs-include=security.capability'
tab=$(printf '\t')
name=$(printf security.capability= | od -An -v -tx1 | tr -d ' \n')
# Thrice verbose, tar shows the attributes of a file below it; to /dev/null it reads no content.
# shellcheck disable=SC2086 # two flags
tar -c -vvv --numeric-owner --hard-dereference --one-file-system --quoting-style=literal $take -f /dev/null . |
    awk '/^-/ { file = $0; sub(/^[^ ]+ [^ ]+ +[0-9]+ [-0-9]+ [:0-9]+ /, "", file) }
        / security\.capability$/ { print $2 "\t" file }' | sort -t "$tab" -k 2 |
    while IFS=$tab read -r bytes file; do
        # In the pax format the attributes stand before the content.
        # shellcheck disable=SC2086
        value=$(tar -c --format=pax --pax-option='delete=*time' $take -f - -- "$file" 2> /dev/null | head -c 4096 |
            od -An -v -tx1 | tr -d ' \n' | sed "s/.*$name\(.\{$((2 * bytes))\}\).*/\1/")
        printf '%s\t%s\n' "$value" "${file#.}"
    done
