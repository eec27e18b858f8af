#!/bin/bash
# Opens a pull request with what changed in sources.yaml, or brings the one that is open up to date.
# Usage: lock-request.sh BASE_BRANCH
set -euo pipefail
base=$1 branch=lock/$1
if git diff --quiet -- sources.yaml; then
    echo "every source has its digest: nothing to do"
    exit
fi
git diff --stat -- sources.yaml
git switch --quiet --create "$branch"
git -c user.name=github-actions[bot] -c user.email=41898282+github-actions[bot]@users.noreply.github.com \
    commit --quiet --message "sources.yaml as it is now: digests, and the apt snapshot where it was asked for" -- sources.yaml
gh auth setup-git
git push --quiet --force origin "HEAD:refs/heads/$branch"
open=$(gh pr list --head "$branch" --base "$base" --state open --json number --jq length)
[ "$open" = 0 ] || exit 0
body="\`dagger call lock\` resolved them; look at the difference. Checks do not start by themselves for what a workflow opens: close and reopen this pull request."
if ! gh pr create --head "$branch" --base "$base" --title "Digests of sources.yaml" --body "$body"; then
    # a repository may forbid workflows to open pull requests (Settings, Actions, General)
    url="${GITHUB_SERVER_URL:-https://github.com}/$GH_REPO/compare/$base...$branch?expand=1"
    echo "::warning::the digests are on the branch $branch: open the pull request at $url"
    echo "The digests are on the branch \`$branch\`: [open the pull request]($url)." >> "$GITHUB_STEP_SUMMARY"
fi
