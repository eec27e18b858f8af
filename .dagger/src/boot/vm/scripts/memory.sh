#!/bin/sh
# Prints how many MiB of memory a virtual machine gets: as many as it should have, or what this host has free, less 1 GiB for
# the emulator and its pictures. Usage: memory.sh MIB [MEMINFO]   Fails below 2 GiB, in which no node's medium unpacks.
set -eu
wanted=$1
free=$(awk '/^MemAvailable:/ { print int($2 / 1024) - 1024 }' "${2:-/proc/meminfo}")
if [ "$free" -ge "$wanted" ]; then echo "$wanted" && exit; fi
[ "$free" -ge 2048 ] || {
    echo "memory: this host has $free MiB to spare, expected $wanted MiB for the virtual machine (node.yaml: memory), 2048 at the least" >&2
    exit 1
}
echo "$free"
