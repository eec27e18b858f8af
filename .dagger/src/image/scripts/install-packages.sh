#!/bin/sh
# Installs packages: from a list as fresh as the archive, without recommendations. Usage: install-packages.sh NAME...
set -eu
apt-get -qq update
apt-get -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install "$@"
