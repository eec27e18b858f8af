#!/bin/bash
# Runs one virtual machine until it has done what the stage is for, shows a bad sign, or its time is over.
# Usage: run-stage.sh STAGE OUT SCALE EMULATOR ARGUMENT...   STAGE has qemu.args, watch.tsv, `ends` (done or exit), `seconds`,
# `expect.tsv`, maybe `powerdown` (seconds), and `then` with these as well: an upgrade, once the role is proven. OUT gets
# serial.log, port.log, screenshot.png, qemu.log, outcome.tsv. Exit code: 0 ended as it should (a role, proven), else 1.
set -u
stage=$1 out=$2 scale=$3 vm=${VM_FOLDER:-/vm}
shift 3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) pipes=$(mktemp -d) switched_off=
mkdir -p "$out" && cd "$out" && touch serial.log port.log || exit 2
. "$here/attached.sh" && . "$here/control.sh"
mkfifo "$pipes"/{port,upgrade,monitor,sent,passed,answered}.{in,out} "$pipes/paused"
mapfile -t args < "$stage/qemu.args"
"$@" "${args[@]}" "${network[@]}" "${ports[@]}" -serial file:serial.log -monitor "pipe:$pipes/monitor" > qemu.log 2>&1 < /dev/null &
machine=$!
cut_cloud &
# Both ends of each are held here, so that no one waits for the other, whatever the emulator does.
exec 3<> "$pipes/sent.out" 4<> "$pipes/monitor.out" 5<> "$pipes/port.out" 6<> "$pipes/upgrade.out" 7<> "$pipes/port.in" 8<> "$pipes/monitor.in" 9<> "$pipes/upgrade.in"
paused 3>&- 4>&- 5>&- &
cat "$pipes/port.out" > port.log 3>&- 4>&- 5>&- &
echo "scale $scale" >&7
watch() { "$here/watch.sh" "$1" "$stage/watch.tsv" "$scale" "$machine" "$pipes/paused"; }
attend > /dev/null 2>&1 3>&- 4>&- 5>&- &
attending=$! && disown $attending # no word from bash about its end

reason=$(watch "$stage") ends=$(cat "$stage/ends")
if [ "$reason" = "done" ] && [ -e "$stage/then" ] && grep -aqx '#done 0' port.log; then
    cat "$stage/then/upgrade" >&9
    reason=$(watch "$stage/then") ends=$(cat "$stage/then/ends")
fi
case "$reason" in paused*) reason="$reason $("$here/room.sh" "$vm")" ;; esac
# while the machine still shows it; and what follows a sign explains it
if running; then picture; fi
kill $attending
if running && [ "$reason" = "done" ] && [ -e "$stage/powerdown" ]; then
    # what is written in the guest must reach its disk before the next stage
    say system_powerdown
    ended_within $(($(cat "$stage/powerdown") * scale)) && switched_off=yes || switched_off=no
fi
if running; then say quit; fi
ended_within 20 || kill -9 $machine 2> /dev/null
# where the host's disk is full, nothing could be written of it
case "$reason" in paused*) rm -f "$vm"/disk.* ;; esac
wait $machine
printf '%s\t%s\n' reason "$reason" exit $? ${switched_off:+switched-off $switched_off} >> outcome.tsv
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- && wait
rm -rf "$pipes" next.png
echo "ended: $reason"
[ "$reason" = "$ends" ] && [ "$switched_off" != no ] && { [ "$reason" != "done" ] || grep -aqx '#done 0' port.log; }
