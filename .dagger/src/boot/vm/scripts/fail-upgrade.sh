#!/bin/sh
# Makes an installed disk one whose upgrade will fail: notes an upgrade as role-gate/arm does, and adds a file to /oem that puts an
# assertion in place of the active image's which never holds. Usage: fail-upgrade.sh DISK
set -eu
disk=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo v0.0.0-failing > pending
printf '5\ta role that never comes up\techo no such role >&2; exit 3\n' > failing.tsv
cat > 99_failing.yaml << 'END'
name: a role that never comes up
stages:
  boot:
    - name: in the active image only
      if: '[ -f /run/cos/active_mode ]'
      commands:
        - mount --bind /oem/failing.tsv /usr/share/hegemonikon/assertions.tsv
END
start() { # PARTITION
    sectors=$(sfdisk -J "$disk" | tr -d '\n' | tr '{' '\n' | grep "\"name\": *\"$1\"" | sed 's/.*"start": *\([0-9]*\).*/\1/')
    [ -n "$sectors" ] || { echo "fail-upgrade: the disk has no partition $1" >&2 && exit 1; }
    echo $((sectors * 512))
}
persistent=$(start persistent)
oem=$(start oem)
debugfs -w -f - "$disk?offset=$persistent" << 'END'
mkdir lib
mkdir lib/hegemonikon
mkdir lib/hegemonikon/upgrade
cd lib/hegemonikon/upgrade
write pending pending
END
debugfs -w -f - "$disk?offset=$oem" << 'END'
write failing.tsv failing.tsv
write 99_failing.yaml 99_failing.yaml
END
