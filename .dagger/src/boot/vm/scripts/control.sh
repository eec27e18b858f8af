# shellcheck shell=bash disable=SC2154 # set where it is sourced
# How run-stage.sh handles its virtual machine, over the emulator's monitor.
say() { echo "$1" >&8; }
running() { kill -0 "$machine" 2> /dev/null; }
ended_within() { for ((i = 0; i < $1; i++)); do running || return 0; sleep 1; done; ! running; }
picture() { say "screendump $out/next.png -f png" && sleep 3 && [ -s next.png ] && mv -f next.png screenshot.png; }
# A machine that ends by itself leaves the last picture; one that the emulator has paused ends no other way.
attend() { while sleep 7; do say 'info status' && picture; done; }
# No file in between: where the disk is full, which is why a machine is paused, none can be written.
paused() { sed -u -n 's/^VM status: paused (\(io-error\|internal-error\)).*/\1/p' "$pipes/monitor.out" 1<> "$pipes/paused"; }
