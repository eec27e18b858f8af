#!/bin/bash
# Prints the row of one node for a job's summary: sizes, proofs and what was published. Whatever is missing stays empty.
# Usage: summary.sh DIST PUBLISHED_JSON PROOF…
set -euo pipefail
dist=$1 published=$2
shift 2
node=${NODE:-node}
size() { find "$dist" -maxdepth 1 -name "$1" -printf '%s\n' 2> /dev/null | numfmt --to=iec-i --suffix=B | head -n 1; }
content=$(jq -r '.contentDigest // empty' "$dist/manifest.json" 2> /dev/null || true)
# one file a boot: live, and where the proof went further, those of the installed and the upgraded system
proofs=$(find "$@" -name '*.tap' -exec cat {} + 2> /dev/null || true)
total=$(grep -cE '^(not )?ok' <<< "$proofs" || true)
failed=$(grep -c '^not ok' <<< "$proofs" || true)
skipped=$(grep -c '^ok.* # SKIP' <<< "$proofs" || true)
role="$((total - failed - skipped)) of $total"
[ "$skipped" = 0 ] || role="$role, $skipped not shown"
[ "$total" -gt 0 ] || role="no proof"
reference=$(jq -r '.references[0] // empty' "$published" 2> /dev/null || true)
echo "| node | image | medium | role proven | content | published |"
echo "| --- | --- | --- | --- | --- | --- |"
echo "| $node | $(size '*.oci.tar') | $(size '*.iso')$(size '*.raw.zst') | $role | \`${content:-none}\` | \`${reference:-no}\` |"
