#!/bin/bash
# Makes the disks that a plan lists (a line NAME SIZE each) in a folder; one that is there from an earlier plan is gone on with.
# Usage: make-disks.sh LIST EARLIER FOLDER
set -eu
list=$1 earlier=$2 folder=$3
while read -r name size; do
    if [ -e "$earlier/$name" ]; then
        # what this plan writes goes beside it
        qemu-img create -q -f qcow2 -F qcow2 -b "$earlier/$name" "$folder/$name"
    elif [ "${name##*.}" = qcow2 ]; then
        qemu-img create -q -f qcow2 "$folder/$name" "$size"
    else
        truncate -s "$size" "$folder/$name"
    fi
done < "$list"
if [ -e "$earlier/vars.fd" ]; then cp "$earlier/vars.fd" "$folder/vars.fd" && chmod 600 "$folder/vars.fd"; fi
