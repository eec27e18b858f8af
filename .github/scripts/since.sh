#!/bin/bash
# Prints since=REVISION for a step's output: the revision to compare with, or zeros (everything changed) where it is not in
# this repository: a new branch has none, and the one before a forced push is gone.
# Usage: since.sh REVISION
set -euo pipefail
if [ -n "$1" ] && git cat-file -e "$1^{commit}" 2> /dev/null; then
    echo "since=$1"
else
    echo "since=0000000000000000000000000000000000000000"
    echo "::notice::${1:-no earlier revision} is not in this repository: every node counts as changed" >&2
fi
