#!/bin/bash
# Opens a pull request with what changed in sources.yaml, or brings the one that is open up to date.
# Usage: lock-request.sh BASE_BRANCH SNAPSHOTS    (true where the apt snapshot was moved, too)
# That has a branch of its own: the next run for digests starts from BASE_BRANCH, where the snapshot is still the old one.
set -euo pipefail
base=$1 snapshots=$2
case $snapshots in
    true) branch=lock-snapshots/$base title="A newer apt snapshot, and digests of sources.yaml" what="packages move with the snapshot;" ;;
    false) branch=lock/$base title="Digests of sources.yaml" what= ;;
    *) echo "lock-request: expected true or false, found $snapshots" >&2 && exit 64 ;;
esac
if git diff --quiet -- sources.yaml; then
    echo "every source has its digest: nothing to do"
    exit
fi
git diff --stat -- sources.yaml
git switch --quiet --create "$branch"
git -c user.name=github-actions[bot] -c user.email=41898282+github-actions[bot]@users.noreply.github.com \
    commit --quiet --message "$title" -- sources.yaml
gh auth setup-git
git push --quiet --force origin "HEAD:refs/heads/$branch"
open=$(gh pr list --head "$branch" --base "$base" --state open --json number --jq length)
[ "$open" = 0 ] || exit 0
body="\`dagger call lock --snapshots=$snapshots\` resolved them;${what:+ $what} look at the difference. Checks do not start by themselves for what a workflow opens: close and reopen this pull request."
if ! gh pr create --head "$branch" --base "$base" --title "$title" --body "$body"; then
    # a repository may forbid workflows to open pull requests (Settings, Actions, General)
    url="${GITHUB_SERVER_URL:-https://github.com}/$GH_REPO/compare/$base...$branch?expand=1"
    echo "::warning::$title: it is on the branch $branch: open the pull request at $url"
    echo "$title: it is on the branch \`$branch\`: [open the pull request]($url)." >> "$GITHUB_STEP_SUMMARY"
fi
