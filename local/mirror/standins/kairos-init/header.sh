#!/bin/bash
# TEST STAND-IN for kairos-init, not the real program. This file is whole: an archive follows the last line.
set -euo pipefail
# not /tmp: the step cleanup empties it
unpacked=$(mktemp -d -p /run kairos-init.XXXXXX)
trap 'rm -rf "$unpacked"' EXIT
tail -n +@LINES@ "$0" | tar -x -C "$unpacked"
code=0
bash "$unpacked/main.sh" "$@" || code=$?
exit $code
