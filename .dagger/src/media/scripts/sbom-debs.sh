#!/bin/sh
# Prints the Debian packages of a CycloneDX SBOM, as one that holds nothing else: the whole of it may be too large to be
# handed around as text. Usage: sbom-debs.sh SBOM
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" jq
exec jq -c '{bomFormat, components: [.components[]? | select((.purl // "") | startswith("pkg:deb/")) | {type, name, version, purl}]}' "$1"
