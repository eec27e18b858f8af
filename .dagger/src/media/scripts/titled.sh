#!/bin/sh
# Runs a program and says first what it is for. Usage: titled.sh TITLE PROGRAM [ARGUMENT...]
set -eu
echo "== $1"
shift
# Any fixed moment, the one of the image's own steps: what is made twice from the same files is then the same.
export SOURCE_DATE_EPOCH=1767225600
exec "$@"
