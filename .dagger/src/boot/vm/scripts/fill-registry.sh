#!/bin/sh
# Puts an image into a registry's folder. Usage: fill-registry.sh FOLDER ARCHIVE NAME:TAG
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
folder=$1 archive=$2 name=$3
mkdir -p "$folder"
process=$("$here/serve-registry.sh" "$folder")
skopeo --insecure-policy copy -q --dest-tls-verify=false "oci-archive:$archive" "docker://127.0.0.1:5000/$name"
kill "$process"
