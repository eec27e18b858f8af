#!/bin/sh
# Makes a simulated GPIO chip with the label of the board's own, where the kernel can: its lines are set through
# /sys/devices/platform/gpio-sim.*/*/sim_gpioN/pull, and programs take them for lines of that chip.
set -eu
. /oem/simulated-gpio
say() { echo "simulated-gpio: $*" > /dev/kmsg; }
modprobe gpio-sim 2> /dev/null || { say "the kernel has no gpio-sim: there is no GPIO chip $label" && exit 0; }
modprobe configfs
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
bank=/sys/kernel/config/gpio-sim/board/bank0
mkdir -p "$bank"
echo "$label" > "$bank/label"
echo "$lines" > "$bank/num_lines"
echo 1 > "${bank%/*}/live"
say "$label with $lines lines is $(cat "$bank/chip_name")"
