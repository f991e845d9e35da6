#!/bin/bash
# SPDX-License-Identifier: MIT
# From recorded calls to a policy: learn, replay, except, with a service on a bus that judges as dockerd asks.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"
# shellcheck source=tests/e2e/wait.sh
. "$here/../e2e/wait.sh"

mkdir -p "$dir/guard/policies"
printf 'active_policy: default\n' > "$dir/guard/config.yaml"
service_bus
service_start

# Calls that need no Docker to be judged.
pull() {
	jq -nc --arg uri "/v1.43/images/create?fromImage=$1" '{RequestMethod: "POST", RequestUri: $uri, RequestHeaders: {"Content-Length": "0"}}' |
		curl -s --unix-socket "$dir/authz.sock" http://p/AuthZPlugin.AuthZReq -d @-
}
for _ in 1 2 3; do pull "registry.example.com%2Fteam%2Fapp&tag=1" > /dev/null; done
pull "other.example.com%2Ftool&tag=2" > /dev/null
pull "nginx&tag=1" > /dev/null
ask POST /v1.43/swarm/init "{}" > /dev/null

fails_with 1 "replay of the policy that would block exits with 1" session policy replay production
contains "$output" "5 " "replay counts what would be denied"
is "$(session --json policy learn --output "$dir/draft.yaml" | jq -c .data.counts)" \
	'{"calls":6,"denied":5,"proposed":4,"refused":1,"unknown":0,"exceptions":2}' "learn --json counts"
is "$(stat -c %a "$dir/draft.yaml")" 644 "the draft is a file"
fails_with 2 "learn overwrites nothing" session policy learn --output "$dir/draft.yaml"
contains "$output" "add --force" "... and says how it would"
is "$(session policy learn --output "$dir/draft.yaml" --force --owner ops --for 30d --name next 2>&1 | tail -n 1)" \
	"Nothing is in force. Read each exception, then try the draft: sentinel policy test $dir/draft.yaml; sentinel policy replay $dir/draft.yaml" "learn says what to do next"
draft=$(cat "$dir/draft.yaml")
contains "$draft" "# Blocks what gives the host away and lets ordinary work through." "the draft has what the policy had"
contains "$draft" "name: next" "... and its own name"
contains "$draft" 'images: ["registry.example.com/team/app:1"]' "... what was found"
contains "$draft" "# 3 calls by " "... with its evidence"
first=$(grep '"decision":"' "$dir/guard/audit/audit.jsonl" | head -n 1 | jq .id)
contains "$draft" "# for example decision $first: " "... and an example"
contains "$draft" 'owner: "ops"' "... an owner"
contains "$draft" "expires: $(date -u -d "30 days" +%Y-%m-%d)" "... and an end"
contains "$draft" "# - endpoints.swarm: Changing the swarm is not allowed (it gives the host away)" "what gives the host away is not proposed, with the reason"
is "$(session policy validate "$dir/draft.yaml" | tail -n 1)" "$dir/draft.yaml: valid" "the draft loads"
fails_with 1 "replay under the draft denies what was not proposed" session policy replay "$dir/draft.yaml"
is "$(session --json policy replay "$dir/draft.yaml" | jq -c .data.counts)" '{"same":5,"denied":1,"allowed":0,"unknown":0}' "... and nothing else"
is "$(session policy learn 2> /dev/null | grep -c '^  - rules:')" 2 "without --output the draft is printed"
cp "$dir/guard/audit/audit.jsonl" "$dir/copy.jsonl"
is "$(session --json policy replay production --file "$dir/copy.jsonl" | jq -c .data.counts)" '{"same":1,"denied":5,"allowed":0,"unknown":0}' "replay of a copied trail"
session audit export --format jsonl --output "$dir/export.jsonl" 2> /dev/null
is "$(session --json policy replay production --file "$dir/export.jsonl" | jq -c .data.counts)" '{"same":1,"denied":5,"allowed":0,"unknown":0}' "... and of an exported one"
decisions() { grep '"decision":"' "$dir/copy.jsonl"; } # without what happened to the guard
decisions | head -n 2 > "$dir/part.jsonl"
head -c 3000000 /dev/zero >> "$dir/part.jsonl"
{ echo; decisions | tail -n 1; echo 'no record'; } >> "$dir/part.jsonl"
is "$(session --json policy replay production --file "$dir/part.jsonl" | jq -c .data.counts.denied)" 3 "... in which not all lines are records"
is "$(session --json policy learn --file "$dir/part.jsonl" | jq -c .data.counts.proposed)" 2 "learn of a file"
mkfifo "$dir/fifo"
fails_with 2 "a file that is none is refused" session policy replay production --file "$dir/fifo"
contains "$output" "regular file" "... and said so"
fails_with 2 "a policy that denies nothing teaches nothing" session policy learn --base development
contains "$output" "denies nothing" "... and says so"

# What takes a while says on a terminal what it is and since when, and leaves nothing of that behind; elsewhere it says nothing.
on_terminal() { python3 -B "$here/../e2e/answer.py" -- "$SENTINEL" --bus session "$@" 2>&1; }
held() { # COMMAND...: while the service does not run for a while, from when the command does
	kill -STOP "$service_pid"
	(wait_for 20 pgrep -f '^[^ ]*/sentinel --bus session '; sleep 2.5; kill -CONT "$service_pid") &
	"$@"
	wait $!
}
while IFS='|' read -r what words; do
	eval "words=($words)"
	contains "$(held on_terminal "${words[@]}" | tr '\r' '\n' | sed 's/, [1-9][0-9]* s/, some s/')" "$what, some s" "sentinel ${words[*]} says that it goes on"
done << ROWS
reading the trail|audit verify
making the index of the trail anew|audit reindex
judging the recorded calls|policy replay $dir/draft.yaml
judging the recorded calls|policy learn --base $dir/draft.yaml
ROWS
is "$(held on_terminal --quiet audit verify | grep -c " s$")" 0 "... not with --quiet"
is "$(held session audit verify 2>&1 | grep -c ' s$')" 0 "... only on a terminal"

# One denied call.
session policy use production > /dev/null
denial=$(pull "logs.example.com%2Fship&tag=3")
contains "$denial" '"Allow":false' "a call is denied"
id=$(grep -o 'audit show [0-9]*' <<< "$denial" | grep -o '[0-9]*')
contains "$(session audit show "$id")" "sentinel policy except $id --reason TEXT" "audit show offers an exception"
dry=$(session policy except "$id" --reason "logs go there" --dry-run 2> /dev/null)
is "$(session --json policy except "$id" --reason "logs go there" --dry-run 2> /dev/null | jq -c "[.data.policy, .data.written]")" '["production",false]' "as JSON"
contains "$dry" 'images: ["logs.example.com/ship:3"]' "except --dry-run shows the exception"
contains "$dry" "allows exceptions: logs.example.com/ship is new" "... and what it changes"
is "$(pull "logs.example.com%2Fship&tag=3" | jq .Allow)" false "... and changes nothing"
contains "$(session policy except "$id" --reason "logs go there" --for 7d)" "The policy production has now:" "except writes it"
is "$(pull "logs.example.com%2Fship&tag=3" | jq .Allow)" true "the call is let through"
is "$(pull "logs.example.com%2Fship&tag=4" | jq .Allow)" false "... and no other"
contains "$(cat "$dir/guard/policies/production.yaml")" "expires: $(date -u -d "7 days" +%Y-%m-%d)" "it has an end"
denial=$(ask POST /v1.43/swarm/init "{}")
hard=$(grep -o 'audit show [0-9]*' <<< "$denial" | grep -o '[0-9]*')
is "$(session audit show "$hard" | grep -c "policy except")" 0 "what gives the host away is offered none"
while IFS='|' read -r code part line; do
	eval "words=($line)"
	fails_with "$code" "sentinel $line exits with $code" session "${words[@]}"
	contains "$output" "$part" "sentinel $line says so"
done << ROWS
2|say why it is needed|policy except $id
2|expected the number of a decision|policy except one --reason x
2|expected how long|policy except $id --reason x --for soon
2|holds 1 to|policy except $id --reason x --for 400d
3|there is no such decision|policy except 999 --reason x
3|was no denial|policy except $first --reason x
3|lets it through already|policy except $id --reason x
3|it gives the host away|policy except $hard --reason x
2|expected a time|policy learn --since someday
ROWS
answers_hold "policy except" "policy learn" "policy replay"
done_testing
