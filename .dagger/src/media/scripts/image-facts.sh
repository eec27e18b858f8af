#!/bin/sh
# Notes the facts about a root file system that decide whether it may become an image: KEY<tab>VALUE, one a line.
# Usage: image-facts.sh ROOTFS. Only notes; plan and verdict are made elsewhere.
set -eu
cd "$1"
fact() { printf '%s\t%s\n' "$1" "$2"; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
"$here/needs.sh" awk find grep sed sort

find boot -maxdepth 1 -type f \( -name 'vmlinuz*' -o -name 'Image*' -o -name 'kernel*' \) | sort | while read -r f; do fact kernel "$f"; done
# Its target is absolute: here it leads out of ROOTFS, so that only the link itself can be asked for.
[ ! -L boot/vmlinuz ] || fact kernel-link "$(readlink boot/vmlinuz)"
find boot -maxdepth 1 -type f \( -name 'initrd*' -o -name 'initramfs*' \) | sort | while read -r f; do fact initrd "$f"; done
find usr/lib/modules -mindepth 1 -maxdepth 1 -type d | sort | while read -r f; do fact modules "${f##*/}"; done
for f in boot/config-*; do
    [ ! -f "$f" ] || sed -n "s/^CONFIG_EFI_STUB=\(.\).*/EFI_STUB=\1/p" "$f" |
        while read -r option; do fact kernel-option "${f#boot/config-} $option"; done
done
[ ! -f boot/initrd ] || "$here/initrd-facts.sh" boot/initrd

[ ! -s etc/machine-id ] || fact forbidden "machine-id /etc/machine-id"
for f in etc/hostid etc/nvme/hostid etc/nvme/hostnqn etc/iscsi/initiatorname.iscsi; do
    [ ! -s "$f" ] || grep -q '^GenerateName=yes' "$f" || fact forbidden "machine-id /$f"
done
[ ! -s var/lib/dbus/machine-id ] || [ -L var/lib/dbus/machine-id ] || fact forbidden "machine-id /var/lib/dbus/machine-id"
find etc/ssh -name 'ssh_host_*' 2> /dev/null | sort | while read -r f; do fact forbidden "ssh-host-key /$f"; done
find var/lib/apt/lists -type f ! -name lock 2> /dev/null | sort | while read -r f; do fact forbidden "apt-list /$f"; done
find var/cache/apt -type f -size +1M 2> /dev/null | sort | while read -r f; do fact forbidden "apt-cache /$f"; done
find var/log -type f -size +0 2> /dev/null | sort | while read -r f; do fact forbidden "log /$f"; done
# A whole line: code that only speaks of keys does not count.
grep -rlIxE --exclude-dir=proc --exclude-dir=sys -e '-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----' . 2> /dev/null | sort |
    while read -r f; do
        # What a package brings, everyone has already; what its scripts made at installation is in no list.
        grep -qxF -e "${f#.}" -e "${f#./usr}" var/lib/dpkg/info/*.list 2> /dev/null || fact forbidden "private-key ${f#.}"
    done
[ ! -f etc/shadow ] || awk -F: '$2 ~ /^\$/ { print $1 }' etc/shadow | while read -r u; do fact forbidden "password-hash /etc/shadow ($u)"; done
grep -lsE '^[^#]*pam_unix\.so.*[[:space:]]nullok' etc/pam.d/* | while read -r f; do fact forbidden "empty-password /$f"; done
# What Kairos runs at each boot can give a user a password, too.
find system/oem oem usr/local/cloud-config -name '*.y*ml' -type f 2> /dev/null | sort |
    while read -r f; do awk -v path="/$f" '{ print "cloud-config\t" path " " $0 }' "$f"; done

sed -n 's/^ID="\{0,1\}\([a-z]*\).*/distribution\t\1/p' etc/os-release 2> /dev/null || true
sed -n 's/^\(KAIROS_[A-Z_]*\)="\{0,1\}\([^"]*\)"\{0,1\}$/\1 \2/p' etc/kairos-release 2> /dev/null | while read -r pair; do fact release "$pair"; done
awk -F': ' '$1 == "Package" { p = $2 } $1 == "Status" { s = $2 } $1 == "Architecture" { a = $2 } $1 == "Version" { v = $2 }
    $0 == "" && s ~ / installed$/ { print "package\t" p " " v " " a; s = "" } END { if (s ~ / installed$/) print "package\t" p " " v " " a }' \
    var/lib/dpkg/status | sort
