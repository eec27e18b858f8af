#!/bin/bash
# Prints the table of what promote published, for a job's summary.
# Usage: published.sh PUBLISHED_JSON
set -euo pipefail
echo "| node | version | image | references |"
echo "| --- | --- | --- | --- |"
jq -r '.published[] | "| \(.node) | \(.version) | `\(.digest)` | \(.references | map("`\(sub("@.*"; ""))`") | join("<br>")) |"' "$1"
