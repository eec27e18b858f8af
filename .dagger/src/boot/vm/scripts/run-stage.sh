#!/bin/bash
# Runs one virtual machine until it has done what the stage is for, shows a bad sign, or its time is over.
# Usage: run-stage.sh STAGE WATCH OUT SCALE EMULATOR ARGUMENT...   STAGE has qemu.args, `ends` (done or exit), `seconds`, and
# `expect.tsv`. OUT gets serial.log, port.log, screenshot.png, qemu.log and outcome.tsv. Exit code: 0 ended as it should, else 1.
set -u
stage=$1 watch=$2 out=$3 scale=$4
shift 4
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mkdir -p "$out" && cd "$out" || exit 2
touch serial.log port.log
pipes=$(mktemp -d)
mkfifo "$pipes"/{port,monitor}.{in,out}
mapfile -t args < "$stage/qemu.args"
"$@" "${args[@]}" -serial file:serial.log -chardev "pipe,id=port,path=$pipes/port" -monitor "pipe:$pipes/monitor" \
    > qemu.log 2>&1 < /dev/null &
machine=$!
# QEMU holds both ends of each, so that no one waits for the other
exec 7<> "$pipes/port.in" 8<> "$pipes/monitor.in"
cat "$pipes/port.out" > port.log &
cat "$pipes/monitor.out" > monitor.log &
echo "scale $scale" >&7
say() { echo "$1" >&8; }

reason=$("$here/watch.sh" "$stage" "$watch" "$scale" "$machine")
if kill -0 $machine 2> /dev/null; then
    say "screendump $out/screenshot.png -f png"
    sleep 3
    # what is written in the guest must reach its disk before the next stage
    if [ "$reason" = "done" ] && [ -e "$stage/powerdown" ]; then
        say system_powerdown
        for ((i = 0; i < 60 * scale; i++)); do kill -0 $machine 2> /dev/null && sleep 1; done
    fi
    say quit
    for ((i = 0; i < 20; i++)); do kill -0 $machine 2> /dev/null && sleep 1; done
    kill -9 $machine 2> /dev/null
fi
wait $machine
printf 'reason\t%s\nexit\t%s\n' "$reason" $? >> outcome.tsv
exec 7>&- 8>&-
wait
rm -rf "$pipes" monitor.log
echo "ended: $reason"
[ "$reason" = "$(cat "$stage/ends")" ]
