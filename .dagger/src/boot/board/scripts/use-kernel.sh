#!/bin/sh
# Makes another kernel the one that boots, with an initrd as Kairos' image makes it. Usage: use-kernel.sh other VERSION, or
# use-kernel.sh none PACKAGE, which is installed.
set -eu
version=$2
if [ "$1" = none ]; then
    before=$(find /usr/lib/modules -mindepth 1 -maxdepth 1 -printf '%f\n')
    apt-get -qq update
    apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install "$2"
    version=$(find /usr/lib/modules -mindepth 1 -maxdepth 1 -printf '%f\n' | grep -vxF "$before" | sort -V | tail -n 1)
fi
[ -f "/boot/vmlinuz-$version" ] || {
    echo "use-kernel: found no /boot/vmlinuz-$version, but: $(find /boot -name 'vmlinuz*' | tr '\n' ' ')" >&2
    exit 1
}
depmod -a "$version"
rm -f /boot/initrd /boot/vmlinuz
dracut -q -f /boot/initrd "$version"
ln -s "/boot/vmlinuz-$version" /boot/vmlinuz
