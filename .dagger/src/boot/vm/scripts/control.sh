# shellcheck shell=bash disable=SC2154 # set where it is sourced
# How run-stage.sh handles its virtual machine, over the emulator's monitor.
say() { echo "$1" >&8; }
running() { kill -0 "$machine" 2> /dev/null; }
ended_within() { for ((i = 0; i < $1; i++)); do running || return 0; sleep 1; done; ! running; }
picture() { say "screendump $out/next.png -f png" && sleep 3 && [ -s next.png ] && mv -f next.png screenshot.png; }
