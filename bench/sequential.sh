#!/bin/bash
# A node's build as people do it today: podman builds the image, saves it, and AuroraBoot makes the ISO, one after another,
# with the same inputs and no cache. Usage: sequential.sh NODE SOURCES.YAML FOLDER. Needs podman, and root.
# PODMAN_FLAGS are passed to podman build and run (for a registry without TLS: --tls-verify=false).
set -euo pipefail
node=$1 sources=$2 out=$3
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
mkdir -p "$out/media"
read -ra flags <<< "${PODMAN_FLAGS:-}"
field() { sed -n "/^  $1:/,/^  [a-z]/s/^    $2: *\"\{0,1\}\([^\"#]*[^\" #]\).*/\1/p" "$sources" | head -n 1; }
image() { echo "${REGISTRY:-$(field "$1" reference | cut -d/ -f1)}/$(field "$1" reference | cut -d/ -f2-):$(field "$1" version)"; }
packages=$(sed -n '/^packages:/,/^[a-z]/s/^  - //p' "$root/nodes/$node/node.yaml" | tr '\n' ' ')

cat > "$out/Containerfile" << END
FROM $(image kairos-init) AS kairos-init
FROM $(image "$(sed -n 's/^base: //p' "$root/nodes/$node/node.yaml")")
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
COPY --from=kairos-init /kairos-init /kairos-init
RUN /kairos-init -s all -l info -m generic -t false -v v0.0.0 && /kairos-init validate && rm /kairos-init
COPY nodes/$node /system/oem/
END
podman build "${flags[@]}" --no-cache -t "localhost/sequential-$node" -f "$out/Containerfile" "$root"
podman save --format oci-archive -o "$out/$node.oci.tar" "localhost/sequential-$node"
container=$(podman create "localhost/sequential-$node" true)
mkdir -p "$out/rootfs"
podman export "$container" | tar -x -C "$out/rootfs" --exclude=dev
podman rm "$container" > /dev/null
podman run "${flags[@]}" --rm --privileged -v "$out/rootfs:/rootfs" -v "$out/media:/out" \
    -v "$root/nodes/$node/cloud-config.yaml:/cc.yaml:ro" "$(image auroraboot)" \
    build-iso --output /out --cloud-config /cc.yaml --override-name "$node" dir:/rootfs
(cd "$out" && sha256sum "$node.oci.tar" media/*.iso > SHA256SUMS)
