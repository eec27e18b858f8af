#!/bin/sh
# Makes a simulated GPIO chip with the label of the board's own, where the kernel can: its lines are set through
# /sys/devices/platform/gpio-sim.*/*/sim_gpioN/pull, and programs take them for lines of that chip.
# shellcheck disable=SC2154
set -eu
! grep -qs 'a GPIO chip' /run/hegemonikon/simulated || exit 0
# shellcheck source=/dev/null
. /oem/simulated-gpio
# role-check hands it on, as a fact
say() { mkdir -p /run/hegemonikon && echo "$label, $*" | tee /run/hegemonikon/simulated > /dev/kmsg; }
modprobe gpio-sim 2> /dev/null || { say "not there: this kernel has no gpio-sim" && exit 0; }
modprobe configfs
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
bank=/sys/kernel/config/gpio-sim/board/bank0
mkdir -p "$bank"
echo "$label" > "$bank/label"
echo "$lines" > "$bank/num_lines"
echo 1 > "${bank%/*}/live"
say "a GPIO chip of gpio-sim with $lines lines, $(cat "$bank/chip_name")"
