#!/bin/bash
# A node's build as people do it today: podman builds the image and saves it, AuroraBoot makes the ISO, syft the SBOM, one
# after another, from the inputs that `build` has, with no cache. Usage: sequential.sh NODE SOURCES.YAML FOLDER
# Needs podman and root. REGISTRY takes the place of each image's host; PULL_FLAGS go to podman pull and build.
# Prints the seconds of each step and their total; pulling the images is not in it, as Dagger's cold build has them, too.
set -euo pipefail
node=$1 sources=$2 out=$3
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
definition=$root/nodes/$node/node.yaml
mkdir -p "$out/media" "$out/rootfs"
# shellcheck source=lib.sh
. "$root/bench/lib.sh"
read -ra flags <<< "${PULL_FLAGS:-}"
trap 'podman rm -f "sequential-$node" > "$out/remove.log" 2>&1; podman rmi -f "localhost/sequential-$node" >> "$out/remove.log" 2>&1' EXIT
run() { podman run --pull=never --rm --privileged -v "$out:/work" -v "$root/nodes/$node/cloud-config.yaml:/cc.yaml:ro" "$@"; }
pull() { for name in "$(key base)" kairos-init auroraboot syft $(list containers 'source: '); do podman image exists "$(image "$name")" || podman pull "${flags[@]}" "$(image "$name")" || return; done; }
baked() {
    mkdir -p "$out/containers"
    for name in $(list containers 'source: '); do podman save --format oci-archive -o "$out/containers/$name.oci.tar" "$(image "$name")" || return; done
    cp -r "$root/nodes/$node" "$out/role"
}
rootfs() { podman create --name "sequential-$node" "localhost/sequential-$node" true && podman export "sequential-$node" | tar -x --xattrs --xattrs-include='*' -C "$out/rootfs" --exclude='dev/*'; }
checksums() { cd "$out" && sha256sum "$node.oci.tar" media/*.iso sbom.cdx.json > SHA256SUMS; }

cat > "$out/Containerfile" << END
FROM $(image kairos-init) AS kairos-init
FROM $(image "$(key base)")
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(list packages '' | tr '\n' ' ')
RUN --mount=type=bind,from=kairos-init,source=/kairos-init,target=/kairos-init \
    /kairos-init -s all -l info -m $(key model) -t false -v v0.0.0 && /kairos-init validate
COPY role /usr/share/role/
COPY role/cloud-config.yaml /system/oem/90_$node.yaml
COPY containers /usr/share/containers-baked/
END
step pull pull
step role baked
step image podman build "${flags[@]}" --no-cache -t "localhost/sequential-$node" -f "$out/Containerfile" "$out"
step archive podman save --format oci-archive -o "$out/$node.oci.tar" "localhost/sequential-$node"
step rootfs rootfs
step iso run "$(image auroraboot)" build-iso --output /work/media --cloud-config /cc.yaml --override-name "$node" dir:/work/rootfs
step sbom run -e SYFT_CHECK_FOR_APP_UPDATE=false --entrypoint /syft "$(image syft)" scan dir:/work/rootfs -o cyclonedx-json=/work/sbom.cdx.json
step checksums checksums
echo "total: $total s"
