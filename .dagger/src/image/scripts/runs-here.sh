#!/bin/sh
# The first program of a base, which may be emulated: ldconfig of Ubuntu 22.04 crashes in many an emulator
# (tonistiigi/binfmt#231), and a build would find that out in the middle of its packages, as an error of libc-bin's.
set -eu
status=0
ldconfig || status=$?
[ "$status" != 0 ] || exit 0
# shellcheck source=/dev/null
. /etc/os-release
echo "ldconfig of ${PRETTY_NAME:-this base} ends with exit code $status on $(uname -m): it does not run here." >&2
echo "If this machine has another architecture, its emulator is to blame: docs/build.md, \"Another architecture\"." >&2
exit "$status"
