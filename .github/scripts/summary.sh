#!/bin/bash
# Prints the row of one node for a job's summary: sizes, proofs and what was published. Whatever is missing stays empty.
# Usage: summary.sh DIST PROOF PUBLISHED_JSON
set -euo pipefail
dist=$1 proof=$2 published=$3
node=${NODE:-node}
size() { find "$dist" -maxdepth 1 -name "$1" -printf '%s\n' 2> /dev/null | numfmt --to=iec-i --suffix=B | head -n 1; }
content=$(jq -r '.contentDigest // empty' "$dist/manifest.json" 2> /dev/null || true)
tap=$(find "$proof" -name '*.tap' 2> /dev/null | head -n 1)
if [ -n "$tap" ]; then
    total=$(grep -cE '^(not )?ok' "$tap" || true)
    failed=$(grep -c '^not ok' "$tap" || true)
    role="$((total - failed)) of $total"
else
    role="no proof"
fi
reference=$(jq -r '.references[0] // empty' "$published" 2> /dev/null || true)
echo "| node | image | medium | role proven | content | published |"
echo "| --- | --- | --- | --- | --- | --- |"
echo "| $node | $(size '*.oci.tar') | $(size '*.iso')$(size '*.raw.zst') | $role | \`${content:-none}\` | \`${reference:-no}\` |"
