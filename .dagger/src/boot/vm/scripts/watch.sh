#!/bin/bash
# Watches a virtual machine and prints why watching ended: done (role-check has reported), exit (the machine ended),
# sign NAME, late NAME, paused WHY (by the emulator), or over. Usage: watch.sh STAGE WATCH SCALE PROCESS [PAUSED]; the logs are in the
# working directory, and PAUSED is a pipe in which a line says why the emulator has paused the machine.
# WATCH has lines NAME<tab>MOST<tab>REGEXP: more lines of the serial log than that match, and all is lost.
# STAGE/ends says whether role-check's report ends it; STAGE/expect.tsv has lines NAME<tab>SECONDS<tab>LOG<tab>REGEXP: what is to be seen, and when at the latest.
set -u
stage=$1 watch=$2 scale=$3 process=$4
limit=$(($(cat "$stage/seconds") * scale)) ends=$(cat "$stage/ends")
started=$SECONDS
declare -A seen=()
exec 3<> "${5:-/dev/null}"

# GRUB and the firmware move the cursor, systemd colours its words
matches() { sed 's/\x1b\[[0-9;?=]*[A-Za-z]//g' "$1" | LC_ALL=C grep -acE -- "$2"; }

while :; do
    now=$((SECONDS - started))
    alive=yes
    kill -0 "$process" 2> /dev/null || alive=no
    while IFS=$'\t' read -r name seconds log pattern; do
        [ -z "${seen[$name]:-}" ] || continue
        if [ "$(matches "$log" "$pattern")" -gt 0 ]; then
            seen[$name]=$now
            printf 'reached\t%s\t%s\n' "$name" $now >> outcome.tsv
            echo "  $now s: $name" >&2
        elif [ $now -gt $((seconds * scale)) ]; then
            echo "late $name" && exit
        fi
    done < "$stage/expect.tsv"
    if [ "$ends" = "done" ] && grep -aq '^#done ' port.log; then echo "done" && exit; fi
    while IFS=$'\t' read -r name most pattern; do
        [ "$(matches serial.log "$pattern")" -le "$most" ] || { echo "sign $name" && exit; }
    done < "$watch"
    # asked first, then read without a limit: a limit can end in the middle of a line, and that half would be lost
    if read -t 0 -u 3 && read -r -u 3 why; then echo "paused $why" && exit; fi
    [ $alive = yes ] || { echo "exit" && exit; }
    [ $now -lt $limit ] || { echo "over" && exit; }
    sleep 1
done
