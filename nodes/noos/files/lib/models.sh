# shellcheck shell=bash
# The models of node.yaml that are on the disk, and what the running LocalAI makes of them. Read after common.sh.

# fetched: their names, the smallest first.
fetched() {
  jq --raw-output '.[].name' "$SHARE/models.json" 2>/dev/null | while read -r name; do
    # one that somebody deleted has its record still
    [ ! -e "$DATA/verified/$name" ] || [ ! -e "$DATA/models/$name" ] || stat --format="%s $name" "$DATA/models/$name"
  done | sort --numeric-sort | cut --delimiter=' ' --fields=2-
}

# underway: whether one is being downloaded now. One that waits for a network is not.
underway() {
  cat "$RUN"/state/model-*.json 2>/dev/null |
    jq --slurp --exit-status 'any(.state | IN("downloading", "verifying"))' >/dev/null
}

# want_models: puts what fetched says into `models`; 5 minutes are given to a download under way, but no more than role-check
# gives: who is still here then is ended, and that is a failure. Ends with 77 if there is none: it cannot be shown.
want_models() {
  local poll
  for ((poll = 0; poll < ${NOOS_POLLS:-60}; poll++)); do
    models=$(fetched)
    [ -z "$models" ] || return 0
    underway || break
    ((SECONDS < ${ROLE_CHECK_SECONDS:-3600} - 10)) || break
    sleep "${NOOS_POLL:-5}"
  done
  echo "SKIP: no model is on the disk yet (see noos-status), so this could not be shown"
  exit 77
}

# served_as NAME: the name LocalAI gives to a model's file: the file's own, or that without its suffix.
served_as() {
  "$LIB/call-api" /v1/models | jq --exit-status --raw-output --arg name "$1" \
    'first(.data[].id | select(. == $name or . == ($name | sub("\\.[^.]*$"; ""))))'
}

# says_hello NAME: what the model answers.
says_hello() {
  local model ask answer
  model=$(served_as "$1") || return 1
  ask=$(jq --null-input --arg model "$model" \
    '{$model, max_tokens: 8, temperature: 0, messages: [{role: "user", content: "Say hello."}]}')
  answer=$(NOOS_PATIENCE=${NOOS_PATIENCE:-240} "$LIB/call-api" /v1/chat/completions --data "$ask") || return 1
  jq --exit-status --raw-output '.choices[0].message.content | select(type == "string" and length > 0)' <<<"$answer"
}
