#!/bin/sh
# Prints SHA256 BYTES NAME for each file of a folder. Usage: measure.sh FOLDER
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" find nproc sha256sum sort xargs
cd "$1"
# The files are large and few: all at once.
# shellcheck disable=SC2016 # the inner shell expands them
find . -maxdepth 1 -type f -printf '%f\0' | LC_ALL=C sort -z | xargs -0 -r -n 1 -P "$(nproc)" sh -c '
    sum=$(sha256sum < "$1")
    echo "${sum%% *} $(stat -c %s "$1") $1"' sh | sort -k 3
