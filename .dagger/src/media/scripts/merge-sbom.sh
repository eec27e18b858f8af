#!/bin/sh
# Adds to syft's SBOM what it does not know, and drops what differs from run to run. Usage: merge-sbom.sh SBOM ADDITIONS
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" jq
exec jq -c --slurpfile more "$2" '
    del(.serialNumber, .metadata.timestamp)
    | .metadata.component = $more[0].component
    | .components |= map(select(.type != "file")) + $more[0].components' "$1"
