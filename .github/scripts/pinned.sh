#!/bin/bash
# Prints true where every source has a digest. Where not, it prints false and says by annotations which, and what to do;
# with --required that is an error.
# Usage: pinned.sh [--required] PROBLEMS_JSON
set -euo pipefail
level=warning
if [ "$1" = --required ]; then level=error && shift; fi
lines=$(jq -r '.problems[] | select(.rule == "sources/pinned") | "\(.file)\t\(.span.line // 1)\t\(.message)"' "$1")
if [ -z "$lines" ]; then
    echo true
    exit
fi
what="nothing is published: merge the pull request of the workflow Lock (where there is none: Actions, Lock, Run workflow), or run: dagger call lock export --path=sources.yaml"
echo false
while IFS=$'\t' read -r file line message; do
    echo "::$level file=$file,line=$line::$message, so $what" >&2
done <<< "$lines"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || echo "**Not pinned**, so $what" >> "$GITHUB_STEP_SUMMARY"
[ $level = warning ]
