#!/bin/bash
# SPDX-License-Identifier: MIT
# The verbs of grants with a service on a bus: what they make, print and refuse.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

digits() { printf "%0$1d" 7; }
record() { # ID DECISION RULE
	printf '{"v":1,"id":%s,"time":%s000000,"decision":"%s","mode":"enforce","policy":"p","score":40,"max_score":50,"user":"alice","method":"POST","uri":"/x","endpoint":"container.create",' "$1" "$1" "$2"
	printf '"command":"docker create --privileged ubuntu","image":"ubuntu","subject":"web","duration_us":7,"fit":"%s","findings":[{"rule":"%s","severity":"critical","category":"c","action":"block","message":"m","key":"%s"}]}\n' \
		"$(digits 64)" "$3" "$(digits 32)"
}
{
	record 1 denied privileged
	record 2 allowed none
	record 3 denied builtin.unresolved
} > "$dir/guard/audit/audit.jsonl"
service_bus
service_start

is "$(session grant list)" "GRANT  UNTIL  USES  USER  BY  COMMAND  REASON" "there is none"
contains "$(session grant create 1 --reason "night shift" --for 2h --uses 3)" "Grant 1 for decision 1: the same call by the same user is let through now; repeat the command" "grant create"
is "$(session --json grant list | jq -c '.data.grants[0] | [.id, .decision, .uses_left, .user, .command, .reason]')" \
	'[1,1,3,"alice","docker create --privileged ubuntu","night shift"]' "grant list --json has what it is for"
is "$(session --json grant list | jq -c '.data.grants[0] | (.expires - .made) / 1000000')" 7200 "... for as long as was said"
contains "$(session grant list)" "alice  $(id -un)" "the table names who may and who let"
is "$(session --json grant create 1 --reason again | jq -c '[.success, .data.grant, .data.decision]')" '[true,2,1]' "grant create --json"
is "$(session --json grant list | jq -c '.data.grants[1] | [(.expires - .made) / 1000000, .uses_left]')" '[600,1]' "without more words: ten minutes, once"
is "$(session grant revoke 1)" "Grant 1 is revoked" "grant revoke"
is "$(session --json grant revoke 2 | jq -c .success)" true "grant revoke --json"
is "$(session --json grant list | jq -c .data.grants)" "[]" "none is left"

while IFS='|' read -r code part line; do
	eval "words=($line)"
	fails_with "$code" "sentinel $line exits with $code" session "${words[@]}"
	contains "$output" "$part" "sentinel $line says so"
done << 'ROWS'
2|expected DECISION|grant create --reason x
2|--reason is needed|grant create 1
2|--reason is needed|grant create 1 --reason ""
2|expected a span|grant create 1 --reason x --for soon
2|a number of uses|grant create 1 --reason x --uses 0
2|a grant lasts|grant create 1 --reason x --uses 101
2|a grant lasts|grant create 1 --reason x --for 8d
2|the number of a decision|grant create one --reason x
2|the number of a grant|grant revoke all
3|there is no such decision|grant create 99 --reason x
3|was no denial|grant create 2 --reason x
3|cannot be judged|grant create 3 --reason x
3|there is no grant 9|grant revoke 9
ROWS
answers_hold "grant list" "grant create" "grant revoke"
done_testing
