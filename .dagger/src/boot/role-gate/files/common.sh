# shellcheck shell=bash disable=SC2034 # read where it is sourced
# What the gate's programs share: its notes, this image's version, and a word to whoever logs in.
notes=${ROLE_GATE_NOTES:-/usr/local/lib/hegemonikon/upgrade}
run=${ROLE_GATE_RUN:-/run}
release=${ROLE_GATE_RELEASE:-/etc/kairos-release}
version=$(sed -n 's/^KAIROS_VERSION="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$release" | tail -n 1)
tell() { mkdir -p "$run/motd.d" && tee "$run/motd.d/50-hegemonikon" < "$1"; }
cd "$notes" || exit 0
