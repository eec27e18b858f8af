#!/bin/sh
# A hosted runner has about 14 GB free; a build of a node takes several times its root file system (docs/build.md, Disk).
# These belong to languages that nothing here uses. Nothing is touched on any other machine.
set -eu
[ "${RUNNER_ENVIRONMENT:-}" = github-hosted ] || { echo "not a hosted runner: nothing removed"; exit 0; }
sudo rm -rf /usr/local/lib/android /usr/share/dotnet /opt/ghc /usr/local/.ghcup /opt/hostedtoolcache/CodeQL /usr/share/swift
sudo docker image prune --all --force > /dev/null
# The engine's own rule keeps a fifth of the disk free, and forgets after one call what the next one needs. The CLI gives this
# file to the engine that it starts.
config=${XDG_CONFIG_HOME:-$HOME/.config}/dagger
mkdir -p "$config"
printf '{"gc":%s}\n' "$(cat "$(dirname "$0")/../../local/engine/gc.json")" > "$config/engine.json"
df -h / | tail -n 1
