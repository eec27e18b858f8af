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

# only this answer means that there is none: after any other failure nothing may be deleted
if state=$(gh release view "$tag" --json isDraft --jq .isDraft 2>&1); then
    [ "$state" = true ] || { echo "github-draft: $tag is released already and keeps its assets" >&2; exit 1; }
    gh release delete "$tag" --yes
elif [ "$state" != "release not found" ]; then
    echo "github-draft: cannot see whether $tag is released: $state" >&2
    exit 1
fi
flags=()
# by semver, what has a dash is a pre-release
case ${tag%%+*} in *-*) flags+=(--prerelease) ;; esac
gh release create "$tag" --draft --verify-tag --title "$tag" --notes-file "$notes" "${flags[@]}"
gh release upload "$tag" "${assets[@]}"
