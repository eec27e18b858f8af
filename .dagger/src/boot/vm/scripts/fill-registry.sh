#!/bin/sh
# Puts images into a registry's folder. Usage: fill-registry.sh FOLDER ARCHIVES (ARCHIVE NAME:TAG)...
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
folder=$1 archives=$2
shift 2
mkdir -p "$folder"
process=$("$here/serve-registry.sh" "$folder")
while [ $# -gt 0 ]; do
    skopeo --insecure-policy copy -q --dest-tls-verify=false "oci-archive:$archives/$1" "docker://127.0.0.1:5000/$2"
    shift 2
done
kill "$process"
