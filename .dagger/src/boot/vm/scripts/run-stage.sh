#!/bin/bash
# Runs one virtual machine until it has done what the stage is for, shows a bad sign, or its time is over.
# Usage: run-stage.sh STAGE OUT SCALE EMULATOR ARGUMENT...   STAGE has qemu.args, watch.tsv, `ends` (done or exit), `seconds`,
# `expect.tsv`, and maybe `then` with these as well: an upgrade, once the role is proven. OUT gets serial.log, port.log,
# screenshot.png, qemu.log and outcome.tsv. Exit code: 0 ended as it should, else 1.
set -u
stage=$1 out=$2 scale=$3
shift 3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mkdir -p "$out" && cd "$out" && touch serial.log port.log || exit 2
pipes=$(mktemp -d)
mkfifo "$pipes"/{port,upgrade,monitor}.{in,out}
mapfile -t args < "$stage/qemu.args"
"$@" "${args[@]}" -serial file:serial.log -chardev "pipe,id=port,path=$pipes/port" \
    -chardev "pipe,id=upgrade,path=$pipes/upgrade" -monitor "pipe:$pipes/monitor" > qemu.log 2>&1 < /dev/null &
machine=$!
# QEMU holds both ends of each, so that no one waits for the other
exec 7<> "$pipes/port.in" 8<> "$pipes/monitor.in" 9<> "$pipes/upgrade.in" 6<> "$pipes/upgrade.out"
cat "$pipes/port.out" > port.log &
cat "$pipes/monitor.out" > monitor.log &
echo "scale $scale" >&7

say() { echo "$1" >&8; }
watch() { "$here/watch.sh" "$1" "$stage/watch.tsv" "$scale" "$machine"; }
picture() { say "screendump $out/screenshot.png -f png" && sleep 3; }

reason=$(watch "$stage") ends=$(cat "$stage/ends")
if [ "$reason" = "done" ] && [ -e "$stage/then" ] && grep -aqx '#done 0' port.log; then
    picture
    cat "$stage/then/upgrade" >&9
    reason=$(watch "$stage/then") ends=$(cat "$stage/then/ends")
fi
if kill -0 $machine 2> /dev/null; then
    picture
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
exec 6>&- 7>&- 8>&- 9>&- && wait
rm -rf "$pipes" monitor.log
echo "ended: $reason"
[ "$reason" = "$ends" ]
