#!/bin/sh
# Says in one sentence which programs an image lacks: another version of the tool's image may have others. Usage: needs.sh NAME...
set -eu
lacking=
for name in "$@"; do
    command -v "$name" > /dev/null || lacking="$lacking${lacking:+, }$name"
done
[ -n "$lacking" ] || exit 0
# shellcheck source=/dev/null
[ ! -r /etc/os-release ] || . /etc/os-release
echo "found no $lacking in this image (${PRETTY_NAME:-no os-release}), expected: $*" >&2
exit 127
