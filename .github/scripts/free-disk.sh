#!/bin/sh
# A hosted runner has about 14 GB free; a build of a node takes several times its root file system (docs/build.md, Disk).
# These belong to languages that nothing here uses. Nothing is removed on any other machine.
set -eu
[ "${RUNNER_ENVIRONMENT:-}" = github-hosted ] || { echo "not a hosted runner: nothing removed"; exit 0; }
sudo rm -rf /usr/local/lib/android /usr/share/dotnet /opt/ghc /usr/local/.ghcup /opt/hostedtoolcache/CodeQL /usr/share/swift
sudo docker image prune --all --force > /dev/null
df -h / | tail -n 1
