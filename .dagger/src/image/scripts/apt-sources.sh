#!/bin/sh
# Prepares apt in a fresh base: retries, and the archive at one moment where a snapshot is pinned for this distribution.
# Usage: apt-sources.sh TABLE    (lines of "distribution url"; a distribution without a line keeps its own archive)
set -eu
table=$1
# shellcheck source=/dev/null
. /etc/os-release
mkdir -p /etc/apt/apt.conf.d /etc/apt/preferences.d
cat > /etc/apt/apt.conf.d/90-hegemonikon << 'END'
// A mirror that fails now and then should not fail an hour's build: apt asks again after 1, 2, 4 s and so on. One that goes on
// failing must: apt's own choice is to do without that part of the archive, and to warn.
Acquire::Retries "8";
Acquire::http::Timeout "120";
Acquire::https::Timeout "120";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
Dpkg::Use-Pty "false";
END

url=$(awk -v id="${ID:-}" '$1 == id { print $2 }' "$table")
[ -n "$url" ] || { echo "apt: no snapshot is pinned for ${ID:-this distribution}, its own archive is used" && exit 0; }
# The moment is over: a release file that says so is still the right one. A base younger than the moment has packages that
# the archive had not yet, and nothing that needs exactly its own version of them could be installed: they go back.
printf '%s\n' 'Acquire::Check-Valid-Until "false";' 'APT::Get::Allow-Downgrades "true";' >> /etc/apt/apt.conf.d/90-hegemonikon
cat > /etc/apt/preferences.d/90-hegemonikon << 'END'
Package: *
Pin: release a=*-backports
Pin-Priority: 100

Package: *
Pin: release n=*
Pin-Priority: 1001
END
changed=0
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -s "$list" ] || continue
    case "$list" in
        *.sources) sed -i -E "s|^(URIs:).*|\1 $url|" "$list" ;;
        *) sed -i -E "s|^(deb(-src)?[[:space:]]+(\[[^]]*\][[:space:]]+)?)[a-z+]+://[^[:space:]]+|\1$url|" "$list" ;;
    esac
    changed=$((changed + $(grep -c -F "$url" "$list" || true)))
done
if [ "$changed" = 0 ]; then
    echo "apt: the base has no apt source that could point at $url; expected entries in /etc/apt/sources.list or sources.list.d" >&2
    exit 1
fi
echo "apt: packages come from $url"
