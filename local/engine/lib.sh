# shellcheck shell=sh
# Paths and messages that the programs of this folder share. Sourced, never run.
# shellcheck disable=SC2034 # the sourcing programs use them

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
dagger_version=$(sed -n 's/.*"engineVersion": *"\(.*\)".*/\1/p' "$here/../../dagger.json")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hegemonikon/engine
run=${HEGEMONIKON_RUN:-/run/hegemonikon} # one engine for each of these folders
socket=$run/engine.sock
pidfile=$run/engine.pid
state=$cache/state$(printf %s "$run" | tr / -) # layers and build cache: kept between starts

cidr=${HEGEMONIKON_CIDR:-10.87.0.0/16} # the containers' addresses; a second engine needs its own

# inputs of the build: another hash is another folder, so nothing is rebuilt in place
inputs=$(cd "$here" && find go.mod go.sum build stubs -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
bin=$cache/$inputs

say() { echo "engine: $*" >&2; }
die() { say "$*"; exit 1; }

# retry NAME COMMAND... : a registry that fails once is asked again, one that keeps failing is named
retry() {
    what=$1 && shift
    for pause in 2 5 0; do
        "$@" && return 0
        [ "$pause" = 0 ] || { say "$what failed, trying again in $pause s"; sleep "$pause"; }
    done
    die "$what failed three times: the last message above says why"
}

# ask SECONDS: one request to the socket. 7: nobody listens there; 28: no answer in time
ask() { curl -s -m "$1" -o /dev/null --http2-prior-knowledge --unix-socket "$socket" http://engine/; }
# answers SECONDS: whether the engine answers in that time
answers() { ask "$1" || case $? in 7 | 28) false ;; esac; }
# whether anybody holds the socket, answering or not (who hangs up at once looks to curl like nobody; 00010000: it listens)
taken() { ask 3 || [ $? != 7 ] || { [ -S "$socket" ] && grep -q " 00010000 .* $socket\$" /proc/net/unix; }; }

# the pid of our engine, if it runs: the number alone could be another process's by now
engine_pid() {
    [ -s "$pidfile" ] || return 1
    read -r pid < "$pidfile"
    { tr '\0' ' ' < "/proc/$pid/cmdline"; } 2> /dev/null | grep -q -- "inside .* $run " || return 1
    echo "$pid"
}
