# shellcheck shell=bash disable=SC2154 # set where it is sourced
# How to-port tells the host: files, and the end.
send() { # NAME PROGRAM [ARGUMENT...]
    echo "#file $1"
    shift
    timeout -k 5 $((60 * scale)) "$@" 2>&1 | LC_ALL=C tr -d '\000-\010\013-\037\177' | sed 's/^/#| /'
    echo "#end"
}
finish() { # EXIT-CODE
    "$lib/facts"
    echo "#done $1" && sleep 2 # closing the port discards what the host has not read
    exit "$1"
}
