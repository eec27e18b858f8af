#!/bin/sh
# Installs packages: from a list as fresh as the archive, without recommendations, and beside all that is there. A step that comes
# later may need what one of them would drive out: chrony, say, takes the place of systemd-timesyncd, which Kairos enables.
# Usage: install-packages.sh NAME...
set -eu

# What apt would remove for these packages. Of its own accord it does not name them, as quiet as it is here.
removed_for() { apt-get -qq --simulate --no-install-recommends install "$@" 2> /dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p'; }

apt-get -qq update
status=0
apt-get -qq --no-remove --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install "$@" || status=$?
[ "$status" != 0 ] && [ -n "$(removed_for "$@")" ] || exit "$status"
for package in "$@"; do
    removed=$(removed_for "$package" | paste -s -d ' ' -)
    [ -z "$removed" ] || echo "E: $package would remove $removed" >&2
done
exit "$status"
