#!/bin/bash
# Prints the row of one node for a job's summary: sizes, proofs and what was pushed. Whatever is missing stays empty.
# FOLDER is a build's or a release's; PUSHED_JSON is what publish printed, or a release's image.json.
# Usage: summary.sh FOLDER PUSHED_JSON PROOF…
set -euo pipefail
folder=$1 pushed=$2
shift 2
node=${NODE:-node}
read_json() { jq -r "$1 // empty" "$2" 2> /dev/null || true; }
size() { numfmt --to=iec-i --suffix=B 2> /dev/null <<< "$1" || true; }
manifest=$(find "$folder" -maxdepth 1 -name '*manifest.json' 2> /dev/null | head -n 1 || true)
image=$(read_json 'first(.artefacts[] | select(.name | endswith(".oci.tar"))).bytes' "$manifest")
medium=$(read_json .sizes.medium "$manifest")
content=$(read_json .contentDigest "$manifest")
# one file a boot: live, and where the proof went further, those of the installed and the upgraded system
proofs=$(find "$@" -name '*.tap' -exec cat {} + 2> /dev/null || true)
total=$(grep -cE '^(not )?ok' <<< "$proofs" || true)
failed=$(grep -c '^not ok' <<< "$proofs" || true)
skipped=$(grep -c '^ok.* # SKIP' <<< "$proofs" || true)
role="$((total - failed - skipped)) of $total"
[ "$skipped" = 0 ] || role="$role, $skipped not shown"
[ "$total" -gt 0 ] || role="no proof"
reference=$(read_json '.references[0] // (if .digest then "\(.repository)@\(.digest)" else empty end)' "$pushed")
echo "| node | image | medium | role proven | content | pushed |"
echo "| --- | --- | --- | --- | --- | --- |"
echo "| $node | $(size "$image") | $(size "$medium") | $role | \`${content:-none}\` | \`${reference:-no}\` |"
