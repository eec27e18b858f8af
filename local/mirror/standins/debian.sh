#!/bin/sh
# debian.sh TARGET ARCH [MMDEBSTRAP OPTION…]: a small Debian 12 with its updates, as a tar or a directory.
# The same packages give the same bytes: time stamps are clamped.
set -eu
target=$1 arch=$2
shift 2
export SOURCE_DATE_EPOCH=1767225600
entry="deb http://deb.debian.org/debian"
parts="main non-free-firmware"
# mmdebstrap hands an open file to a dash, which knows numbers of one digit only: inherited files must not use them up
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
exec mmdebstrap --mode=root --variant=minbase --arch="$arch" \
    --aptopt='Acquire::Retries "3"' --aptopt='Apt::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt=force-unsafe-io "$@" bookworm "$target" \
    "$entry bookworm $parts" "$entry bookworm-updates $parts" "$entry-security bookworm-security $parts"
