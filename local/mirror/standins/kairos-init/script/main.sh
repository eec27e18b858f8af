#!/bin/bash
# A test stand-in for the program kairos-init. It turns a Debian 12 root file system into one that AuroraBoot
# and immucore can boot. It knows upstream's command line; what it does beneath is its own.
# shellcheck disable=SC2034,SC2154
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
standin_for=$(cat "$here/version")
steps='installPackages installKernel kairosBinaries providerBinaries cloudconfigs grub initramfsConfigs services kairosRelease kernel initrd cleanup'
unused='branding buildProvider kubernetes miscellaneous sshHardening workarounds install init'
level=info

kernel_of() { find /usr/lib/modules -mindepth 1 -maxdepth 1 -printf '%f\n' 2> /dev/null | sort -V | tail -n 1; }
copy() { (cd "$here/files" && tar -c --owner=0 --group=0 "$@") | tar -x -C / --no-same-permissions --keep-directory-symlink; }
for part in log flags validate install init; do
    # shellcheck source=/dev/null
    . "$here/$part.sh"
done

echo "kairos-init: a TEST STAND-IN for kairos-init $standin_for, not the real program"
case "${1:-}" in
    validate)
        validate
        exit
        ;;
    version)
        echo "stand-in for $standin_for"
        exit
        ;;
    steps-info)
        tr ' ' '\n' <<< "$steps"
        tr ' ' '\n' <<< "$unused" | sed 's/$/ (accepted, does nothing of its own)/'
        exit
        ;;
esac
read_flags "$@"
# shellcheck source=/dev/null
. /etc/os-release
[ "${ID:-} ${VERSION_ID:-}" = 'debian 12' ] || die "the stand-in knows Debian 12 only, this is ${ID:-?} ${VERSION_ID:-?}"
arch=$(dpkg --print-architecture)
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
[ "$stage" = init ] || stage_install
[ "$stage" = install ] || stage_init
note_stage
say "stage $stage done for $version"
