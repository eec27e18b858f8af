# shellcheck shell=bash disable=SC2034 # used by the programs that read this file
# What noos's programs share: where things stand, and the state that noos-status shows.
ROOT=${HEGEMONIKON_ROOT:-} # a test puts another root here
SHARE=$ROOT/usr/share/hegemonikon
RUN=$ROOT/run/noos
DATA=$RUN/data # a link that prepare-storage makes: the persistent disk, or memory on a live medium
API=${NOOS_API:-http://127.0.0.1:8080}
LIB=$(dirname "${BASH_SOURCE[0]}")
export LC_ALL=C

# Exit code of a failure that another try cannot mend (EX_DATAERR); units do not restart on it.
PERMANENT=65

# state NAME STATE [DETAIL]: replaces NAME's record in one step, so that a reader never sees half of it.
state() {
  local record=$RUN/state/$1.json
  mkdir -p "$RUN/state"
  jq --null-input --arg name "$1" --arg state "$2" --arg detail "${3:-}" --arg since "$(date --utc +%FT%TZ)" \
    '{$name, $state, $detail, $since}' >"$record.new"
  mv "$record.new" "$record"
  printf '%s: %s%s\n' "$1" "$2" "${3:+ ($3)}"
}

# last_line FILE: what a tool said last, without the credentials that an address may carry.
last_line() { sed -E 's,://[^/@ ]*@,://,g; s/\?[^ ]*//g' "$1" 2>/dev/null | grep -v '^ *$' | tail -n 1; }

# retry TRIES NAME COMMAND…: waits 5, 10, 20 … 300 s between tries; what COMMAND writes to stderr becomes NAME's state.
retry() {
  local tries=$1 name=$2 wait=${NOOS_FIRST_WAIT:-5} log=$RUN/state/$2.log try code
  shift 2
  mkdir -p "$RUN/state"
  for ((try = 1; try <= tries; try++)); do
    "$@" 2>"$log" && return 0
    code=$?
    cat "$log" >&2
    if ((code == PERMANENT || try == tries)); then
      state "$name" failed "$(last_line "$log")"
      return "$code"
    fi
    state "$name" waiting "try $try of $tries: $(last_line "$log"); next in ${wait}s"
    sleep "$wait"
    wait=$((wait * 2 > 300 ? 300 : wait * 2))
  done
}
