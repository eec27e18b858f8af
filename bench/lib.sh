# shellcheck shell=bash
# For sequential.sh: reads a node's node.yaml ($definition) and sources.yaml ($sources), and times steps; logs go to $out.
# shellcheck disable=SC2154
field() { sed -n "/^  $1:/,/^  [a-z]/s/^    $2: *\"\{0,1\}\([^\"#]*[^\" #]\).*/\1/p" "$sources" | head -n 1; }
key() { sed -n "s/^$1: *//p" "$definition"; }
# the elements of a list, without comments; $2 is what stands before each
list() { sed -n "/^$1:/,/^[a-z]/s/^  - $2\([^ #]\{1,\}\).*/\1/p" "$definition"; }
# an image's address; REGISTRY takes the place of its host
image() { echo "${REGISTRY:-$(field "$1" reference | cut -d/ -f1)}/$(field "$1" reference | cut -d/ -f2-):$(field "$1" version)"; }

total=0
# step TITLE PROGRAM...: what it says goes to a log, whose end is shown where it fails
step() {
    local title=$1 started=$EPOCHREALTIME
    shift
    "$@" > "$out/$title.log" 2>&1 || { tail -n 15 "$out/$title.log" >&2 && exit 1; }
    local seconds=$(((${EPOCHREALTIME/./} - ${started/./}) / 1000000))
    echo "$title: $seconds s"
    [ "$title" = pull ] || total=$((total + seconds))
}
