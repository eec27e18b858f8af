# shellcheck shell=bash disable=SC2034 # read where it is sourced
# What the gate's programs share: its notes, which are root's alone, this image's version, what GRUB is told, and a word to whoever
# logs in.
umask 077
notes=${ROLE_GATE_NOTES:-/usr/local/lib/hegemonikon/upgrade}
run=${ROLE_GATE_RUN:-/run}
release=${ROLE_GATE_RELEASE:-/etc/kairos-release}
version=$(sed -n 's/^KAIROS_VERSION="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$release" | tail -n 1)
state=$run/initramfs/cos-state
# There once the gate has been reached in this boot.
work=$run/hegemonikon-role-gate

set_watching() { # yes, or nothing
    local was code=0
    # who upgrades has it writable, and goes on writing
    was=$(findmnt -n -o FS-OPTIONS "$state" | tail -n 1 | cut -d, -f1)
    [ "$was" = rw ] || mount -o rw,remount "$state" || return 1
    grub2-editenv "$state/boot_assessment" set "enable_boot_assessment=$1" "boot_assessment_tentative=$1" || code=$?
    [ "$was" = rw ] || mount -o ro,remount "$state"
    return $code
}
watching() { # yes, or nothing
    local try
    for try in 1 2 3 4 5; do
        [ "$try" = 1 ] || sleep "${ROLE_GATE_PAUSE:-5}"
        set_watching "$1" && return
    done
    return 1
}
# Without what programs printed: that may be for the administrator alone.
tell() { # NOTE
    (umask 022 && mkdir -p "$run/motd.d" && {
        grep -v '^        ' "$1"
        echo "All of it, for root: $notes/$1"
    } > "$run/motd.d/50-hegemonikon")
    cat "$1"
}
cd "$notes" || exit 0
