#!/bin/bash
# Makes the draft of a tag's GitHub release visible, as the latest where no newer one is out: a repaired old release is not.
# Usage: github-show.sh TAG
set -euo pipefail
tag=$1 latest=false
out=$(gh release list --exclude-drafts --exclude-pre-releases --limit 1000 --json tagName --jq '.[].tagName')
newest=$(printf '%s\n' "$out" "$tag" | sort --version-sort | tail -n 1)
case ${tag%%+*} in
    *-*) ;;
    *) if [ "$newest" = "$tag" ]; then latest=true; fi ;;
esac
gh release edit "$tag" --draft=false --latest=$latest
