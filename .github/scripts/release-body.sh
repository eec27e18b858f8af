#!/bin/bash
# Prints the text of a GitHub release: the notes of its nodes (FOLDER/NODE/NODE-VERSION.notes.md). GitHub takes 125,000
# characters: of the longest, the list of what changed is left out until they fit. All of it is an asset of the release.
# Usage: release-body.sh FOLDER
set -euo pipefail
limit=125000 left_out="Too long for this page: what changed is in the asset"
texts=$(mktemp -d)
for notes in "$1"/*/*.notes.md; do { cat "$notes" && echo; } > "$texts/$(basename "$notes")"; done
cd "$texts"
# in bytes, of which there are never fewer than characters
while [ "$(cat -- * | wc -c)" -gt $limit ]; do
    longest=$(stat --format='%s %n' -- * | sort -n | tail -n 1 | cut -d' ' -f2)
    if grep -q "^$left_out" "$longest"; then
        echo "$left_out of each node:" && printf -- "- \`%s\`\n" *
        exit
    fi
    # up to the heading of the comparison
    short=$(sed '/^### /q' "$longest")
    printf "%s\n\n%s \`%s\`.\n\n" "$short" "$left_out" "$longest" > "$longest"
done
cat -- *
