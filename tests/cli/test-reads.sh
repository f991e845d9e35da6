#!/bin/bash
# SPDX-License-Identifier: MIT
# Reads that are let through: counted, a line for each kind of them, by every verb of the trail; or each written down, or none.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

service_bus

# reads N URI USER: one after the other on one connection, as a program that polls asks
reads() {
	curl -s --unix-socket "$dir/authz.sock" "http://p/AuthZPlugin.AuthZReq?[1-$1]" -o "$dir/answers" \
		-d "$(jq -nc --arg uri "$2" --arg user "$3" '{RequestMethod: "GET", RequestUri: $uri, User: $user, UserAuthNMethod: "TLS"}')"
}
settle() { service_stop && service_start; } # what was counted is written at the stop
size() { find "$dir/guard/audit" -name '*.jsonl' -exec cat {} + | wc -c; }
setting() { printf 'active_policy: production\naudit: {log_reads: %s}\n' "$1" > "$dir/guard/config.yaml"; }

printf 'active_policy: production\n' > "$dir/guard/config.yaml"
service_start
reads 40 /v1.41/containers/json alice
reads 2 /v1.41/containers/db/json alice
reads 7 /v1.41/containers/json bob
ask POST /v1.41/containers/create '{"Image":"ubuntu","HostConfig":{"Privileged":true}}' > /dev/null
is "$(session --json audit stats | jq -c '[.data.total, .data.folded]')" "[1,0]" "reads that were let through have no line of their own"
settle
folded() { session --json audit list --events --all "$@" | jq -c '[.data.entries[] | select(.kind == "folded") | [.user, .command, .subject]] | sort'; }
is "$(folded)" '[["tls:alice","docker inspect db, 2 times","db"],["tls:alice","docker ps, 40 times",""],["tls:bob","docker ps, 7 times",""]]' \
	"at the stop each kind of them has one, with the caller and what it was about"
is "$(folded --user tls:bob)" '[["tls:bob","docker ps, 7 times",""]]' "... and is found by its caller"
id=$(session --json audit list --events --text 'ps 40' | jq '.data.entries[0].id')
output=$(session audit show "$id")
contains "$output" "Event $id: folded" "audit show says what it is"
contains "$output" "reads" "... with how many"
is "$(grep -cE '^ *(first|last):? +20[0-9][0-9]-' <<< "$output")" 2 "... and the first and the last one's time"
is "$(session --json audit show "$id" | jq -c '.data.details | [.call, .policy, .reads, (.last >= .first)]')" '["container.list","production",40,true]' "as JSON, too"
is "$(session --json audit stats | jq -c '[.data.total, .data.folded]')" "[1,49]" "audit stats has their number beside the decisions"
contains "$(session audit stats)" "and 49 reads that were let through and only counted" "... for people, too"
is "$(session --json audit stats --user tls:alice | jq -c .data.folded) $(session --json audit stats --image ubuntu | jq -c '.data.folded')" "42 null" \
	"... of one caller, and not where it is not known"
is "$(session audit export --format jsonl | jq -c 'select(.kind == "folded") | .details.reads' | sort -n | xargs)" "2 7 40" "audit export has them"
contains "$(session audit export --format csv)" "folded" "... as CSV, too"
is "$(timeout 5 "$SENTINEL" --bus session --json audit tail -n 20 --events | jq -r 'select(.kind == "folded") | .details.reads' | sort -n | xargs)" "2 7 40" "audit tail has them"
is "$(session --json audit verify | jq .data.intact)" true "they are in the chain"
is "$(session --json policy replay strict | jq -c '.data.counts.unknown // .data.unknown')" 49 "a replay says of how many it knows nothing"

before=$(size)
reads 1000 /v1.41/containers/json alice
settle
counted=$(($(size) - before))
setting all
settle
before=$(size)
reads 1000 /v1.41/containers/json alice
settle
each=$(($(size) - before))
printf '# 1000 reads: %s bytes with a line each, %s counted\n' "$each" "$counted"
is "$((counted * 100 < each))" 1 "counted, they take less than a hundredth of the room ($counted, $each)"
is "$(session --json audit list --decision allowed --all --limit 1 | jq -r '.data.entries[0] | .endpoint + " " + .decision')" "container.list allowed" "all: each has a line"

setting none
settle
before=$(session --json audit stats | jq -c '[.data.total, .data.folded]')
reads 5 /v1.41/containers/json alice
settle
is "$(session --json audit stats | jq -c '[.data.total, .data.folded]')" "$before" "none: nothing is kept of them"
answers_hold "audit stats"
done_testing
