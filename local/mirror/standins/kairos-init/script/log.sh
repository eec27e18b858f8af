#!/bin/bash
# Speaks as upstream does. Its log goes to stdout; what a command said is one message of level debug, once it has ended;
# an error ends with Go's cobra: its text, then how the program is used, on stderr.
# shellcheck disable=SC2154

log() {
    local of=$1 name
    shift
    for name in trace debug info warn error; do
        [ "$name" != "$level" ] || break # from here on it is shown
        [ "$name" != "$of" ] || return 0
    done
    case $of in debug) name=DBG ;; info) name=INF ;; warn) name=WRN ;; *) name=ERR ;; esac
    echo "$(date -u +%FT%TZ) $name $*"
}
say() { log info "[stand-in] $*"; }

# Runs a command and logs what it said. One that fails does not end upstream's stage: its other steps come first.
logged() {
    local said code=0 step
    log debug "running command \`$*\`"
    said=$("$@" 2>&1) || code=$?
    log debug "Command output: $said"
    [ $code != 0 ] || return 0
    log error "failed to run $*: exit status $code"
    for step in $steps; do
        log info "Processing stage step '$stage'. ( commands: 0, files: 1, ... )"
        log debug "Stage: {\"name\":\"$step\"}"
    done
    die "1 error occurred:"$'\n\t'"* 1 error occurred:"$'\n\t'"* failed to run $*: exit status $code"$'\n\n\n'
}

die() {
    printf 'Error: %s\nUsage:\n  kairos-init [flags]\n  kairos-init [command]\n\nAvailable Commands:\n' "$*" >&2
    printf '  %-12s of the stand-in\n' steps-info validate version >&2
    printf '\nFlags:\n' >&2
    printf '      --%-29s of the stand-in\n' fips level model provider skip-step stage stage-extensions trusted version >&2
    printf '\nUse "kairos-init [command] --help" for more information about a command.\n\n' >&2
    exit 1
}
