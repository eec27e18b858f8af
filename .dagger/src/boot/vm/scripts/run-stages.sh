#!/bin/bash
# Runs the stages of a plan, one virtual machine after the other, until one ends otherwise than it should.
# Usage: run-stages.sh PLAN OUT   PLAN has `machine` (the emulator and its arguments, one a line), `memory` and `room` (MiB), and
# a folder a stage; OUT gets `host.tsv` and a folder a stage. Exit code 0 whenever there is something to judge: the verdict is not made here.
set -u
plan=$1 out=$2 vm=${VM_FOLDER:-/vm} medium=${MEDIUM_FOLDER:-/medium}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mkdir -p "$out" "$vm"

mapfile -t machine < "$plan/machine"
firmware=$(cat "$plan/firmware")
if [ -n "$firmware" ]; then cp "${firmware/_CODE/_VARS}" "$vm/vars.fd" && chmod 600 "$vm/vars.fd"; fi
"$here/room.sh" "$vm" "$(cat "$plan/room")" > /dev/null || exit 1
"$here/make-disks.sh" "$plan/disks" "$medium" "$vm" || exit 1
if [ -e "$medium/card.raw.zst" ]; then "$here/make-card.sh" "$medium/card.raw.zst" "$vm/disk.raw" "$medium/oem" || exit 1; fi

wanted=$(cat "$plan/memory")
memory=$("$here/memory.sh" "$wanted") || exit 1
# Another's work on this machine takes time from the guest: as many times more patience as there are programs a processor.
load=$(awk -v cpus="$(nproc)" '{ l = int($1 / cpus + 0.5); print (l < 1 ? 1 : (l > 5 ? 5 : l)) }' /proc/loadavg)
if why=$("$here/probe-kvm.sh" "$plan" $((20 * load))); then
    accel=kvm patience=1
    faster=(-accel kvm -cpu host -m "$memory")
else
    accel=emulated patience=4
    faster=(-accel "tcg,thread=multi,tb-size=1024" -cpu "$(cat "$plan/cpu")" -m "$memory")
fi
scale=$((patience * load))
printf '%s\t%s\n' accelerator "$accel" why "$why" scale "$scale" load "$(cut -d' ' -f1 /proc/loadavg)" processors "$(nproc)" \
    emulator "$("${machine[0]}" --version | head -n 1)" memory "$memory" memory-wanted "$wanted" > "$out/host.tsv"
echo "virtual machine: $accel ($why), deadlines times $scale, $memory MiB of memory"

if [ -d /registry ]; then "$here/serve-registry.sh" /registry > /dev/null || exit 1; fi
status=0
for stage in "$plan"/*/; do
    name=$(basename "$stage")
    echo "== $name"
    "$here/run-stage.sh" "$stage" "$out/$name" "$scale" "${machine[@]}" "${faster[@]}" || { status=$? && break; }
done
# what another plan goes on with
if [ -e "$plan/keep" ]; then mkdir -p "$out/machine" && mv "$vm"/* "$out/machine"; fi
rm -rf "$vm"
[ $status -le 1 ]
