#!/bin/bash
# Makes the draft of a tag's GitHub release from the folders of its nodes (FOLDER/NODE/, as `release` gives them), with all
# its assets. People see it when github-show.sh says so. A run that was interrupted is repeated: the draft is made anew.
# Usage: github-draft.sh TAG FOLDER
set -euo pipefail
tag=$1 folder=$2
assets=()
for node in "$folder"/*/; do
    name=$(basename "$node")
    (cd "$node" && sha256sum --check --quiet --ignore-missing SHA256SUMS)
    # every node has checksums of its own, and assets lie in one folder; what they list is named after its node already,
    # and after its version without a plus sign, like these
    for sums in "$node"/SHA256SUMS*; do mv "$sums" "$node/$name-${tag//+/-}.$(basename "$sums")"; done
    for file in "$node/$name-"*; do assets+=("$file"); done
done
[ ${#assets[@]} -gt 0 ] || { echo "github-draft: nothing in $folder" >&2; exit 1; }
notes=$(mktemp)
"$(dirname "$0")/release-body.sh" "$folder" > "$notes"

state=$("$(dirname "$0")/release-state.sh" "$tag")
if [ "$state" = shown ]; then
    # a repetition of what succeeded, and whose answer was lost; promote and github-show.sh find their own part done, too
    there=$(gh release view "$tag" --json assets --jq '.assets[].name')
    missing=$(printf '%s\n' "${assets[@]##*/}" | sort | comm -23 - <(sort <<< "$there"))
    [ -n "$missing" ] || { echo "github-draft: $tag is released already, and has all its assets"; exit 0; }
    echo "github-draft: $tag is released already and keeps its assets; it lacks: ${missing//$'\n'/ }" >&2
    exit 1
fi
[ "$state" = none ] || gh release delete "$tag" --yes
flags=()
# by semver, what has a dash is a pre-release
case ${tag%%+*} in *-*) flags+=(--prerelease) ;; esac
# in one call: it uploads to the draft that it made, where another call may not find that yet
gh release create "$tag" "${assets[@]}" --draft --verify-tag --title "$tag" --notes-file "$notes" "${flags[@]}"
