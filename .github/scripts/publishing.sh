#!/bin/bash
# Prints publishing=true for a step's output where what publishes may do otherwise than at an earlier revision: its code, the
# versions of its tools, or the test of both. No node is built for such a change, and so nothing is published before main.
# Usage: publishing.sh REVISION    (one that is not there: everything changed)
set -euo pipefail
parts=(.dagger/src/publish .dagger/src/plan dagger.json sources.yaml test/engine/publish)
if git diff --quiet "$1" HEAD -- "${parts[@]}" 2> /dev/null; then echo publishing=false; else echo publishing=true; fi
