#!/bin/bash
# Makes the GitHub release of a tag from the folders of its nodes (FOLDER/NODE/, as `release` gives them): a draft first,
# its assets, and only then a release that people see. A run that was interrupted is repeated: the draft is made anew.
# Usage: github-release.sh TAG FOLDER
set -euo pipefail
tag=$1 folder=$2
notes=$(mktemp)
assets=()
for node in "$folder"/*/; do
    name=$(basename "$node")
    # the checksums are of every file and of the whole medium, which stands in parts where it is large
    (cd "$node" && sha256sum --check --quiet --ignore-missing SHA256SUMS)
    cat "$node/notes.md" >> "$notes"
    echo >> "$notes"
    while read -r file; do
        # media are named after their node; what every node has gets the node's name in front
        case $(basename "$file") in
            notes.md) ;;
            "$name"-*) assets+=("$file") ;;
            *) mv "$file" "$node/$name-$(basename "$file")" && assets+=("$node/$name-$(basename "$file")") ;;
        esac
    done < <(find "$node" -maxdepth 1 -type f | sort)
done
[ ${#assets[@]} -gt 0 ] || { echo "github-release: nothing in $folder" >&2; exit 1; }

flags=()
# by semver, what has a dash is a pre-release
case ${tag%%+*} in *-*) flags+=(--prerelease) ;; esac
if [ "$(gh release view "$tag" --json isDraft --jq .isDraft 2> /dev/null || echo none)" = false ]; then
    echo "github-release: $tag is released already and keeps its assets" >&2
    exit 1
fi
gh release delete "$tag" --yes > /dev/null 2>&1 || true
gh release create "$tag" --draft --verify-tag --title "$tag" --notes-file "$notes" "${flags[@]}"
gh release upload "$tag" "${assets[@]}"
gh release edit "$tag" --draft=false
