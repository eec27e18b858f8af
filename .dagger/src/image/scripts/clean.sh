#!/bin/sh
# Removes what a build leaves behind: caches, logs, back-ups, and what would make two machines the same machine.
set -eu
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*
rm -rf /var/cache/ldconfig/* /var/cache/man/* /var/cache/fontconfig/* /var/cache/debconf/*-old /var/lib/dpkg/*-old
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid- /etc/.pwd.lock
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed /var/lib/systemd/credential.secret
# nvme-cli's: an identity too, which it derives from the machine where these are not there.
rm -f /etc/nvme/hostid /etc/nvme/hostnqn
# Only the files: packages rely on their folders in /var/log.
find /var/log -xdev -type f -delete
find /tmp /var/tmp -xdev -mindepth 1 -delete
# Empty means: make one at first boot.
[ ! -e /etc/machine-id ] || : > /etc/machine-id
# Compiled at another moment, they differ in nothing but that moment.
find /usr /etc -xdev -type d -name __pycache__ -prune -exec rm -rf {} +
