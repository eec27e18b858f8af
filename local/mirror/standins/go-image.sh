#!/bin/sh
# go-image.sh PACKAGE PATH [LDFLAGS]: an image with one program of a Go module, in upstream's version and at upstream's
# path, and the root certificates that it needs. The program is the real one; the image around it is not upstream's.
set -eu
package=$1 path=$2 ldflags=${3:-}
root=$OUT/root
mkdir -p "$root${path%/*}" "$root/etc/ssl/certs" "$root/tmp"
chmod 1777 "$root/tmp"
export CGO_ENABLED=0 GOBIN="$OUT/bin" GOTOOLCHAIN="${GOTOOLCHAIN:-auto}"
get() { go install -trimpath -ldflags "-s -w ${ldflags}" "$package@$VERSION"; }
# tried twice: a module proxy may fail once
get || get
mv "$OUT/bin/${package##*/}" "$root$path"
# not the machine's own bundle: it may hold certificates of its network
cat /usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt"
tar -c --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1767225600 -C "$root" -f "$OUT/rootfs.tar" .
rm -rf "$root" "${OUT:?}/bin"
printf '{"Entrypoint":["%s"]}' "$path" > "$OUT/config.json"
