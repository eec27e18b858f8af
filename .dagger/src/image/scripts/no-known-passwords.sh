#!/bin/sh
# Takes the passwords out of what Kairos does at each boot. kairos-init gives its user `kairos`, whom sudo makes root, one that
# everybody knows, wherever a medium runs live. `!` stands there instead, as it does for that user on an installed machine: no
# password opens the account, until a file of the owner's, which is read later, gives it one. An empty password is known, too: yip
# gives one to each user that has keys only, and Ubuntu takes it at the console and from su. Usage: no-known-passwords.sh FOLDER PAM
set -eu
new=$(mktemp)
trap 'rm -f "$new"' EXIT
for file in "$1"/*.yaml "$1"/*.yml; do
    [ -f "$file" ] || continue
    # `passwd` means other things elsewhere (a line of nsswitch.conf): only what stands below `users:` counts.
    awk '
        { match($0, /[^ -]/) }
        /^ *[^ #]/ && RSTART <= users { users = 0 }
        users && /^[ -]*"?passwd"? *:/ && !/: *["'\'']?[!*]/ { sub(/:.*/, ": \"!\"") }
        /^[ -]*"?users"? *: *(#.*)?$/ && !users { users = RSTART }
        { print }
    ' "$file" > "$new"
    cmp -s "$file" "$new" || cat "$new" > "$file"
done
# pam_unix takes an empty one only where it is told to.
for file in "$2"/*; do
    [ ! -f "$file" ] || sed -i '/^[^#]*pam_unix\.so/s/[[:space:]]nullok\(_secure\)\{0,1\}\>//' "$file"
done
