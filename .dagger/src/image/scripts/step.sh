#!/bin/sh
# Runs one step of an image's build and removes what it left behind that is no part of the image: in the same layer, or it
# would still be inside. Usage: step.sh TITLE PROGRAM [ARGUMENT...]
set -eu
echo "== $1"
shift
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 INITRD=No
# Any fixed moment: users made in the build, the initrd's files and others then bear the same date in each build.
export SOURCE_DATE_EPOCH=1767225600

# 101 is "forbidden by policy": no package may start a service in a build.
policy=/usr/sbin/policy-rc.d
own_policy=no
if [ ! -e "$policy" ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
# A base without certificates cannot check who serves it; apt checks the archive's signature in any case.
trust=/etc/apt/apt.conf.d/91-no-certificates-yet
[ -s /etc/ssl/certs/ca-certificates.crt ] || echo 'Acquire::https::Verify-Peer "false";' > "$trust"

status=0
"$@" || status=$?

rm -f "$trust"
[ "$own_policy" = no ] || rm -f "$policy"
[ "$status" = 0 ] || exit "$status"
exec "$(dirname "$0")/clean.sh"
