#!/bin/bash
# Prints what people see of a tag's GitHub release: `none`, `draft` (nobody but who may write here) or `shown`. A token that may
# only read finds no draft, and says none. With --unseen, one that is shown is an error: its images are not published yet.
# Usage: release-state.sh [--unseen] TAG
set -euo pipefail
unseen=false
if [ "$1" = --unseen ]; then unseen=true && shift; fi
tag=$1
# only this answer means that there is none: after any other failure nothing may be made or deleted
if draft=$(gh release view "$tag" --json isDraft --jq .isDraft 2>&1); then
    if [ "$draft" = true ]; then echo draft && exit; fi
elif [ "$draft" = "release not found" ]; then
    echo none && exit
else
    echo "release-state: cannot see whether $tag is released: $draft" >&2
    exit 1
fi
echo shown
[ $unseen = true ] || exit 0
echo "::error::$tag has a GitHub release that people see, and this workflow makes it last. If it was made on GitHub's page, delete it there (the tag stays) and run this again; if this workflow made it, it is whole and there is nothing to do" >&2
exit 1
