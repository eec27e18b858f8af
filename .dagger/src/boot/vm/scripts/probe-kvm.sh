#!/bin/bash
# Finds out whether KVM runs guests here, by running one: the firmware alone, until it looks for something to boot. That
# /dev/kvm exists says little: where it is not the processor's own, guests hang in it. Usage: probe-kvm.sh PLAN SECONDS
# Prints why; exit code 0 if it runs guests.
set -u
plan=$1 seconds=$2 kvm=${KVM_DEVICE:-/dev/kvm}
mapfile -t machine < "$plan/machine"
[ -e "$plan/may-use-kvm" ] || { echo "KVM was not to be used" && exit 1; }
[ -c "$kvm" ] || { echo "there is no $kvm" && exit 1; }
[ "${machine[0]##*/}" = "qemu-system-$(uname -m)" ] || { echo "another architecture than this machine's" && exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Its own variables: it is ended in the middle of writing them.
if [ -e /vm/vars.fd ]; then cp /vm/vars.fd "$work/vars.fd"; fi
machine=("${machine[@]//\/vm\/vars.fd/$work/vars.fd}")
args=(-m 256 -no-reboot -serial "file:$work/serial" -accel kvm -cpu host)
touch "$work/serial"
"${machine[@]}" "${args[@]}" > "$work/log" 2>&1 < /dev/null &
guest=$!
# no word from bash about how it ends
disown $guest
for ((i = 0; i < seconds; i++)); do
    if grep -aqE 'BdsDxe|Shell|SeaBIOS|Booting from' "$work/serial"; then
        kill -9 $guest 2> /dev/null
        echo "KVM ran a guest in less than $((i + 1)) s" && exit 0
    fi
    kill -0 $guest 2> /dev/null || break
    sleep 1
done
kill -9 $guest 2> /dev/null
[ ! -s "$work/log" ] || { echo "$kvm runs no guest: $(head -n 1 "$work/log" | tr '\t' ' ')" && exit 1; }
echo "$kvm is there but ran no guest within $seconds s"
exit 1
