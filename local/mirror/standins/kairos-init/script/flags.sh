#!/bin/bash
# The command line of kairos-init v0.17.3. Sets what the stages read.
# shellcheck disable=SC2034,SC2154

stage=all model=generic trusted=false version='' provider='' k8s_version=v0.0.0-standin skip=,

one_of() { case " $2 " in *" $1 "*) ;; *) die "$3: found \"$1\", expected one of: $2" ;; esac; }

read_flags() {
    local flag value s
    while [ $# -gt 0 ]; do
        flag=${1%%=*}
        case "$1" in
            --fips | -x | --stage-extensions)
                value=true
                shift
                ;;
            *=*)
                value=${1#*=}
                shift
                ;;
            *)
                [ $# -ge 2 ] || die "$1 is unknown or needs a value"
                value=$2
                shift 2
                ;;
        esac
        case "$flag" in
            -s | --stage) one_of "$value" 'init install all' --stage && stage=$value ;;
            -l | --level) one_of "$value" 'debug info warn error trace' --level && level=$value ;;
            -m | --model) one_of "$value" 'generic rpi3 rpi4' --model && model=$value ;;
            -t | --trusted) one_of "$value" 'true false' --trusted && trusted=$value ;;
            -v | --version) version=$value ;;
            -p | --provider) one_of "$value" k0s --provider && provider=$value ;;
            --provider-k0s-version) k8s_version=$value ;;
            --skip-step)
                for s in ${value//,/ }; do one_of "$s" "$steps $unused" --skip-step; done
                skip+=$value,
                ;;
            -x | --stage-extensions | --provider-k0s-config) say "$flag is accepted and not used" ;;
            *) die "unknown flag: $flag" ;;
        esac
    done
    [[ $version =~ ^v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$ ]] ||
        die "--version is required and must be a semantic version, found \"$version\""
    [ "$trusted" = false ] || die "trusted boot is beyond the stand-in"
}
