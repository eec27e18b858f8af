#!/bin/sh
# Removes what a build leaves behind: caches, logs, back-ups, and what would make two machines the same machine.
set -eu
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*
rm -rf /var/cache/ldconfig/* /var/cache/man/* /var/cache/fontconfig/* /var/cache/debconf/*-old /var/lib/dpkg/*-old
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid- /etc/.pwd.lock
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed /var/lib/systemd/credential.secret
# kairos-init notes its stages, for who debugs it, with the packages in the order of a Go map: another one in each build.
rm -f /etc/kairos/kairos-init-*-stage.yaml /etc/kairos/kairos-init.yaml
# nvme-cli's: an identity too, which it derives from the machine where these are not there.
rm -f /etc/nvme/hostid /etc/nvme/hostnqn
# zfsutils-linux draws it by lot at its installation. Its tools do without; who has a pool lets zgenhostid make one.
rm -f /etc/hostid
# open-iscsi's name: with this line it makes its own when it starts first, and keeps it in /etc/iscsi, which persists.
iscsi=/etc/iscsi/initiatorname.iscsi
[ ! -s "$iscsi" ] || echo GenerateName=yes > "$iscsi"
# mdadm describes the arrays of the machine that builds, or that it may not look for any.
[ ! -f /etc/mdadm/mdadm.conf ] || sed -i -e '/^# definitions of existing MD arrays/,$d' \
    -e '/^# This configuration was auto-generated/d' /etc/mdadm/mdadm.conf
# Only the files: packages rely on their folders in /var/log.
find /var/log -xdev -type f -delete
find /tmp /var/tmp -xdev -mindepth 1 -delete
# Empty means: make one at first boot.
[ ! -e /etc/machine-id ] || : > /etc/machine-id
# Compiled at another moment, they differ in nothing but that moment.
find /usr /etc -xdev -type d -name __pycache__ -prune -exec rm -rf {} +
