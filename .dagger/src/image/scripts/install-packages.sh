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
[ "$status" = 0 ] || removed=$(removed_for "$@")
[ -n "${removed:-}" ] || exit "$status"
named=" "
for package in "$@"; do
    alone=$(removed_for "$package" | paste -s -d ' ' -)
    [ -z "$alone" ] || echo "E: $package would remove $alone" >&2
    named="$named$alone "
done
# What none of them drives out alone: one leaves another only a choice that conflicts with it.
together=
for package in $removed; do case $named in *" $package "*) ;; *) together="$together $package" ;; esac done
[ -z "$together" ] || echo "E: $* together would remove$together" >&2
exit "$status"
