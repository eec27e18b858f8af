#!/bin/sh
# Prints how many MiB are free where a folder is. Usage: room.sh FOLDER [MIB]   Fails where they are fewer than MIB, which a plan's
# machines write at the least: in a second, where the emulator would pause one of them in the last minute of its installation.
set -eu
folder=$1 least=${2:-0}
free=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
echo "$free"
[ "$free" -ge "$least" ] || {
    echo "room: found $free MiB of free disk for the virtual machine's own, expected $least MiB at the least: so much is written to it" >&2
    exit 1
}
