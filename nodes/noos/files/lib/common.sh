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
# Exit code of admit where LocalAI may not answer (EX_NOPERM). Any other failure of it says nothing about that.
REFUSED=77

# state NAME STATE [DETAIL]: replaces NAME's record in one step, so that a reader never sees half of it. Two units may write
# the same one at the same time.
state() {
  local record=$RUN/state/$1.json new=$RUN/state/$1.new.$BASHPID
  mkdir -p "$RUN/state"
  jq --null-input --arg name "$1" --arg state "$2" --arg detail "${3:-}" --arg since "$(date --utc +%FT%TZ)" \
    '{$name, $state, $detail, $since}' >"$new"
  mv "$new" "$record"
  printf '%s: %s%s\n' "$1" "$2" "${3:+ ($3)}"
}

# last_line FILE: what a tool said last, without the credentials that an address may carry.
last_line() { sed -E 's,://[^/@ ]*@,://,g; s/\?[^ ]*//g' "$1" 2>/dev/null | grep -v '^ *$' | tail -n 1; }

# retry TRIES NAME COMMAND…: waits 5, 10, 20 … 300 s between tries. What COMMAND writes to stderr becomes NAME's state: waiting
# where it goes on by itself (the unit starts a new round), failed where it does not.
retry() {
  # COMMAND may be a function, which sees these names: they must not hide its own.
  local retry_name=$2 retry_log=$RUN/state/$2.log retry_wait=${NOOS_FIRST_WAIT:-5} retry_count retry_code retry_most=$1 retry_next
  shift 2
  mkdir -p "$RUN/state"
  for ((retry_count = 1; retry_count <= retry_most; retry_count++)); do
    "$@" 2>"$retry_log" && return 0
    retry_code=$?
    cat "$retry_log" >&2
    ((retry_code != PERMANENT)) || { state "$retry_name" failed "$(last_line "$retry_log")" && return "$retry_code"; }
    ((retry_count < retry_most)) && retry_next="next in ${retry_wait}s" || retry_next="a new round follows"
    state "$retry_name" waiting "try $retry_count of $retry_most: $(last_line "$retry_log"); $retry_next"
    ((retry_count < retry_most)) || return "$retry_code"
    sleep "$retry_wait"
    retry_wait=$((retry_wait * 2 > 300 ? 300 : retry_wait * 2))
  done
}
