#!/bin/sh
# Takes an account of the base away, as if it had never been made. Ubuntu's container images from 23.04 on have a user `ubuntu`,
# uid 1000. Kairos makes people's users at each boot, and one that is there already gets none of their groups (yip, plugins/user.go):
# an owner who takes the likeliest name of all would never be an administrator. By hand, not by userdel, which leaves copies and
# locks behind. Nothing happens where there is no such account. Usage: no-base-user.sh NAME [ROOT]
set -eu
name=$1 root=${2:-}
home=$(awk -F: -v name="$name" '$1 == name { print $6 }' "$root/etc/passwd")
[ -n "$home" ] || exit 0
new=$(mktemp)
trap 'rm -f "$new"' EXIT
for database in passwd shadow group gshadow subuid subgid; do
    file=$root/etc/$database
    [ -f "$file" ] || continue
    # The third and the fourth field name members and administrators of a group; elsewhere they are numbers.
    awk -F: -v OFS=: -v name="$name" '
        function without(list,    count, i, members, left) {
            count = split(list, members, ",")
            for (i = 1; i <= count; i++) if (members[i] != name) left = left (left == "" ? "" : ",") members[i]
            return left
        }
        $1 == name { next }
        { if (NF > 2) { $3 = without($3); if (NF > 3) $4 = without($4) } print }
    ' "$file" > "$new"
    # Written into, not replaced: owner and mode stay.
    cmp -s "$new" "$file" || cat "$new" > "$file"
done
case "$home" in /home/?*) rm -rf "$root$home" ;; esac
rm -f "$root/var/mail/$name" "$root/var/spool/mail/$name"
echo "the base's account $name is taken away: whoever owns the machine may take the name"
