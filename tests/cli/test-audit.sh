#!/bin/bash
# SPDX-License-Identifier: MIT
# The audit verbs with a service on a bus: what they ask for, what they print, and how they end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

record() { # ID SECONDS DECISION SCORE USER COMMAND IMAGE RULE
	printf '{"v":1,"id":%s,"time":%s000000,"decision":"%s","mode":"enforce","policy":"p","score":%s,"max_score":50,"user":"%s","method":"POST","uri":"/x","endpoint":"container.create",' "$1" "$2" "$3" "$4" "$5"
	printf '"command":"%s","image":"%s","subject":"web","duration_us":7,"findings":[{"rule":"%s","severity":"critical","category":"c","action":"block","message":"m"}]}\n' "$6" "$7" "$8"
}
{
	record 1 1000000000 denied 40 alice "docker create --privileged ubuntu" ubuntu privileged
	record 2 1000003600 warned 5 bob "docker create nginx" nginx image.latest
	record 3 1000086400 allowed 0 alice "docker create nginx:1" nginx:1 none
	record 4 1700000000 denied 65 "" "docker create -v /etc:/h ubuntu" ubuntu mounts.blocked
} > "$dir/guard/audit/audit.jsonl"
service_bus
service_start

# The service's own start is there as well, behind these.
ids() { session --json audit list --before 5 "$@" | jq -c '[.data.entries[].id]'; }

is "$(session audit list --before 5)" "ID  TIME                 DECISION  SCORE  USER   COMMAND                            REASON
4   2023-11-14 22:13:20  denied    65     -      docker create -v /etc:/h ubuntu    m
3   2001-09-10 01:46:40  allowed   0      alice  docker create nginx:1              m
2   2001-09-09 02:46:40  warned    5      bob    docker create nginx                m
1   2001-09-09 01:46:40  denied    40     alice  docker create --privileged ubuntu  m" "audit list is a table, the newest first"
is "$(session --json audit list --before 5 --limit 1 | jq -c '.data.entries[0] | del(.findings)')" \
	'{"id":4,"time":1700000000000000,"score":65,"max_score":50,"duration_us":7,"kind":"decision","decision":"denied","mode":"enforce","policy":"p","user":"","method":"POST","uri":"/x","endpoint":"container.create","command":"docker create -v /etc:/h ubuntu","image":"ubuntu","subject":"web"}' "as JSON it has every field"
is "$(session --json audit list --before 5 --limit 1 | jq -c '.data.entries[0].findings')" \
	'[{"rule":"mounts.blocked","severity":"critical","category":"c","action":"block","message":"m"}]' "and the findings"
while IFS='|' read -r expected words what; do
	eval "words=($words)"
	is "$(ids "${words[@]}")" "$expected" "audit list ${words[*]}: $what"
done <<'ROWS'
[4,3,2,1]||all
[4,3]|--limit 2|the newest
[4,1]|--decision denied|by decision
[3]|--decision allowed|...
[2]|--decision warned|...
[3,1]|--user alice|by user
[4,1]|--image ubuntu|by image
[1]|--rule privileged|by rule
[3,2]|--text nginx|by text
[4,3]|--since 2001-09-10|from a day on
[2,1]|--until 2001-09-10|before a day
[2]|--since 2001-09-09T02:00:00Z --until 2001-09-10|between
[]|--since 1h|in a span
[1]|--decision denied --user alice|both
[4,1]|--min-score 40|by points
[2]|--image nginx --before 3|the tags of an image, before a decision
[3,2]|--image nginx|the tags of an image
[4,3,2,1]|--command run|by command
[4,3,2,1]|--command container.create --all|by call
[]|--command "docker exec"|...
[3,2]|--text ngin*|by the beginning of a word
[]|--text ngin|a word is whole
[2,1]|--text create --before 3|the page before
[]|--since yesterday|by a word of systemd.time(7)
[]|--since 5min|...
[]|--since 1month|...
[4]|--since "2023-11-14 22:13"|with a clock
ROWS

# One docker run, and what may not be hidden in it.
call() { # ID SECONDS DECISION USER ENDPOINT COMMAND
	printf '{"v":1,"id":%s,"time":%s000000,"decision":"%s","mode":"enforce","policy":"p","score":0,"max_score":50,"user":"%s","method":"POST","uri":"/x","endpoint":"%s",' "$1" "$2" "$3" "$4" "$5"
	printf '"command":"%s","image":"","subject":"","duration_us":7,"findings":[]}\n' "$6"
}
mkdir -p "$dir/folded/audit"
{
	call 1 1700000000 allowed bob system.ping ping
	call 2 1700000100 allowed alice system.ping ping
	call 3 1700000100 allowed alice container.create "docker create nginx"
	call 4 1700000101 allowed alice container.attach "docker attach web"
	call 5 1700000101 allowed bob container.start "docker start db"
	call 6 1700000102 allowed alice container.wait "docker wait web"
	call 7 1700000102 denied alice container.start "docker start web"
	call 8 1700000900 allowed alice container.start "docker start web"
} > "$dir/folded/audit/audit.jsonl"
folded() { "$SENTINEL" --local --config-dir "$dir/folded" "$@"; }
is "$(folded audit list | awk 'NR > 1 { print $1 }' | tr '\n' ' ')" "8 7 5 3 1 " "what belongs to one docker run is one line; not what was denied, is another user's, or comes later"
contains "$(folded audit list)" "docker create nginx (+3)" "which says how many calls it was"
is "$(folded audit list --all | wc -l)" 9 "--all shows every call"
is "$(folded --json audit list | jq '.data.entries | length')" 8 "and so does JSON"
is "$(folded audit list --limit 2 | awk 'NR > 1 { print $1 }' | tr '\n' ' ')" "8 7 " "--limit counts lines"
is "$(session audit show 4 | head -1)" "Decision 4: denied" "audit show"
contains "$(session audit show 4)" "block  [critical] m (mounts.blocked)" "says why"
contains "$(session audit show 4)" "65 of 100, the policy allows 50" "how many points"
contains "$(session audit show 1)" "→ " "and what would make it pass"
is "$(session --json audit show 4 | jq -c '[.success, .data.id, .data.findings[0].rule, .data.v]')" '[true,4,"mounts.blocked",1]' "as JSON every field of the record"
fails_with 3 "audit show of what is not there" session audit show 999
contains "$output" "no decision 999" "says so"
fails_with 2 "audit show of what is no number" session audit show web

is "$(session audit stats)" "WHAT      COUNT  VALUE
decision  2      denied
decision  1      allowed
decision  1      warned
rule      1      image.latest
rule      1      mounts.blocked
rule      1      none
rule      1      privileged
user      2      alice
user      1      -
user      1      bob
image     2      ubuntu
image     1      nginx
image     1      nginx:1
call      4      container.create
hour      1      2001-09-09T01:00:00Z
hour      1      2001-09-09T02:00:00Z
hour      1      2001-09-10T01:00:00Z
hour      1      2023-11-14T22:00:00Z
4 decisions" "audit stats counts"
is "$(session --json audit stats --user alice | jq -cS .data)" '{"calls":{"container.create":2},"decisions":{"allowed":1,"denied":1},"folded":0,"hours":{"2001-09-09T01:00:00Z":1,"2001-09-10T01:00:00Z":1},"images":{"nginx:1":1,"ubuntu":1},"rules":{"none":1,"privileged":1},"total":2,"users":{"alice":2}}' "what a filter leaves, as JSON"

is "$(session audit export --format jsonl --user alice | jq -c .id | tr '\n' ' ')" "3 1 " "audit export --format jsonl"
is "$(session audit export --until 2024-01-01 | jq -c 'map(.id)')" "[4,3,2,1]" "audit export is JSON"
contains "$(session audit export --format csv --rule privileged)" '"1","2001-09-09T01:46:40.000000Z","denied","40","alice"' "audit export --format csv"
is "$(session audit export --until 2024-01-01 --output "$dir/out" 2>&1)" "4 entries written to $dir/out" "audit export --output says how many"
is "$(jq length "$dir/out") $(stat -c %a "$dir/out")" "4 600" "they are there, for the owner alone"
is "$(session --json audit export -o "$dir/out" --user bob | jq -c '[.success, .data.entries, (.data.output | sub(".*/"; ""))]')" '[true,1,"out"]' "the same as JSON"
fails_with 2 "--json without --output" session --json audit export
contains "$output" "two answers do not mix" "says why"
fails_with 3 "an --output that cannot be written" session audit export -o "$dir/none/out"
contains "$output" "$dir/none/out" "is named"
fails_with 2 "a format that there is not" session audit export --format xml
fails_with 2 "a decision that there is not" session audit list --decision maybe
fails_with 2 "a time that is none" session audit list --since someday
fails_with 2 "audit tail of a private instance" "$SENTINEL" --local --config-dir "$dir/local" audit tail

is "$(session audit reindex)" "4 decisions are in the new index" "audit reindex"
is "$(session --json audit reindex | jq -c '[.success, .data.entries]')" "[true,4]" "the same as JSON"
is "$(session audit verify)" "intact, $(session --json audit verify | jq -r '"\(.data.entries) entries: \(.data.detail)"')" "audit verify"
is "$(session --json audit verify | jq -c '[.success, .data.intact, .data.entries > 4]')" "[true,true,true]" "the same as JSON"

# What happened to the service itself.
kinds() { session --json audit list --events "$@" | jq -r '[.data.entries[].kind] | unique | join(" ")'; }
is "$(kinds)" "config export start" "audit list --events: the start, what is in force, who wrote the trail out"
is "$(session audit list --events | awk 'NR > 1 { print $1 }' | sort -n | head -1)" 5 "their ids go on where those of decisions end"
contains "$(session audit list)" "policy default (warn) is in force" "the list has them between decisions"
contains "$(session audit show 5)" "Event 5: start" "audit show"
is "$(session --json audit show 5 | jq -r '[.data.kind, .data.command, .data.details.pid] | join("|")')" "start|$("$SENTINELD" --version) starts|$service_pid" "as JSON every field of it"

# As they are made.
"$SENTINEL" --bus session audit tail --decision denied --since 2024-01-01 > "$dir/tail" &
tail_pid=$!
"$SENTINEL" --bus session --json audit tail --user nobody-at-all > "$dir/tail-none" &
none_pid=$!
"$SENTINEL" --bus session --json audit tail > "$dir/tail-json" &
json_pid=$!
printf 'name: p\nmode: enforce\nrules: {privileged: {action: block}}\n' > "$dir/guard/policies/p.yaml"
session policy use p > "$dir/said"
is "$(session --json audit list --events --limit 2 | jq -r '.data.entries[] | [.kind, .user, .command] | join("|")')" "config||policy p (enforce) is in force
policy|$(id -un)|policy p: put in force" "a change of the policy has the name of who made it, and what came of it"
change=$(session --json audit list --events --limit 2 | jq -r '.data.entries[1].id')
is "$(session --json audit show "$change" | jq -r '[.data.details.new_digest, .data.details.relaxed] | join(" ")')" "$(sha256sum < "$dir/guard/policies/p.yaml" | cut -d' ' -f1) no" "... and the digest"
tries=0
until [ "$(grep -c privileged "$dir/tail")" -gt 1 ] && grep -q '"denied".*privileged' "$dir/tail-json" || [ $((tries++)) -gt 100 ]; do
	answer=$(ask POST /v1.41/containers/create '{"Image":"ubuntu","HostConfig":{"Privileged":true}}')
	ask GET /v1.41/containers/json "" > /dev/null
	sleep 0.1
done
# A signal to a connection reaches it, whoever sends it.
for name in $(busctl --address="$DBUS_SESSION_BUS_ADDRESS" list --unique --no-legend | awk '{ print $1 }'); do
	for object in "" /subscriber; do
		busctl --address="$DBUS_SESSION_BUS_ADDRESS" --destination="$name" emit "/io/github/dockersentinel/Sentinel1$object" io.github.dockersentinel.Sentinel1.Manager \
			DecisionMade tsuss 424242 denied 100 root $'SPOOF\e[2J' 2> /dev/null
	done
done
seen=$(wc -l < "$dir/tail")
tries=0
until [ "$(wc -l < "$dir/tail")" -gt "$seen" ] || [ $((tries++)) -gt 100 ]; do
	ask POST /v1.41/containers/create '{"Image":"ubuntu","HostConfig":{"Privileged":true}}' > /dev/null
	sleep 0.1
done
kill "$tail_pid" "$none_pid" "$json_pid"
wait "$tail_pid" "$none_pid" "$json_pid" 2> /dev/null
contains "$answer" '"Allow":false' "the plugin denies"
denied=$(session --json audit list --decision denied --limit 1 | jq -r '.data.entries[0].id')
is "$(session --json audit show "$denied" | jq -r '[.data.policy, .data.digest] | join(" ")')" "p $(sha256sum < "$dir/guard/policies/p.yaml" | cut -c1-16)" "its record has the digest of the policy"
is "$(session --json audit show "$denied" | jq '.data.generation > 1')" true "... and its generation"
contains "$(session audit show "$denied")" "p (generation " "... which audit show has"
contains "$(session audit show "$denied")" "(privileged; CIS-" "... with what standards say of the rule"
is "$(head -1 "$dir/tail")" "ID        TIME                 DECISION  SCORE  USER          COMMAND, REASON" "audit tail has a heading"
contains "$(sed -E 's/^[0-9]+ +[-0-9]+ [:0-9]+ //' "$dir/tail")" " denied    65     -             docker create --privileged ubuntu  Privileged containers" "and shows it"
is "$(awk '$4 == "allowed"' "$dir/tail" | wc -l)" 0 "and what was asked for alone"
is "$(cat "$dir/tail" "$dir/tail-json" | grep -c SPOOF)" 0 "nor what another than the service sends"
is "$(cat "$dir/tail-none")" "" "nothing of others"
is "$(jq -rs 'map(select(.id > 4 and .decision == "denied"))[0] | [.decision, .score, .policy, .findings[0].rule, (.prev | length)] | join(" ")' "$dir/tail-json")" \
	"denied 65 p privileged 64" "as JSON a line each, the record itself"

# Signals of somebody else's make it look no oftener than it does by itself, once a second.
busctl --address="$DBUS_SESSION_BUS_ADDRESS" --json=short monitor > "$dir/heard" 2> /dev/null &
monitor_pid=$!
"$SENTINEL" --bus session audit tail > /dev/null &
tail_pid=$!
looks() { grep -c '"member":"AuditQuery"' "$dir/heard"; }
tries=0
until [ "$(looks)" -gt 0 ] || [ $((tries++)) -gt 100 ]; do sleep 0.1; done
tail_name=$(grep -m 1 '"member":"AuditQuery"' "$dir/heard" | jq -r .sender)
before=$(looks)
begun=$SECONDS
for _ in $(seq 60); do
	for object in "" /subscriber; do
		busctl --address="$DBUS_SESSION_BUS_ADDRESS" --destination="$tail_name" emit "/io/github/dockersentinel/Sentinel1$object" io.github.dockersentinel.Sentinel1.Manager \
			DecisionMade tsuss 424242 denied 100 root none
	done
done
own=$((SECONDS - begun + 2))
more=$(($(looks) - before))
succeeds "audit tail does not look for whoever sends it a signal ($more times, by itself up to $own)" test "$more" -le "$own"
kill "$tail_pid" "$monitor_pid"
wait "$tail_pid" "$monitor_pid" 2> /dev/null

# While 50 decisions a second come in: nothing is missing, and nothing twice.
curl -s --rate 50/s --unix-socket "$dir/authz.sock" "http://p/AuthZPlugin.AuthZReq?[1-250]" -o "$dir/answers" \
	-d "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/v1.41/volumes/create\",\"RequestBody\":\"$(printf '{"Name":"v"}' | base64 -w0)\"}" &
load_pid=$!
"$SENTINEL" --bus session --json audit tail -n 100 > "$dir/seam" &
tail_pid=$!
wait "$load_pid"
last=$(session --json audit list -n 1 | jq -r '.data.entries[0].id')
tries=0
until grep -q "\"id\":$last," "$dir/seam" || [ $((tries++)) -gt 100 ]; do sleep 0.1; done
kill "$tail_pid"
wait "$tail_pid" 2> /dev/null
is "$(jq -s 'map(.id) | (length >= 100) and (unique | length) == length and (max - min + 1) == length' "$dir/seam") $(tail -1 "$dir/seam" | jq .id)" "true $last" \
	"audit tail under load: from the newest 100 on nothing is missing, and nothing is there twice"

# For a SIEM.
ask POST /v1.41/containers/create '{"Image":"a=b|c","HostConfig":{"Privileged":true}}' > /dev/null
line=$(session audit export --format cef --rule privileged | head -1)
contains "$line" "CEF:0|Docker Sentinel|sentineld|" "audit export --format cef"
contains "$line" "|container.create|denied|" "says what and how it was decided"
contains "$line" "msg=docker create --privileged a\\=b|c" "with its escapes"
mkdir "$dir/full"
fails_with 3 "an export that cannot be made" session audit export --format jsonl --text '???' -o "$dir/full/out"
is "$(ls -A "$dir/full")" "" "leaves nothing"

fails_with 2 "audit clear with two bounds" session audit clear --yes --before yesterday --older-than 3d
fails_with 2 "a span that is none" session audit clear --yes --older-than yesterday
is "$(session audit clear --yes --older-than 1month)" "4 records removed" "audit clear --older-than"
is "$(session --json audit list --events | jq -r '[.data.entries[] | select(.kind == "clear")][0] | [.user, .command] | join(": ")')" \
	"$(id -un): 4 records of the audit trail removed, the last was 4" "what remains says who did it"
is "$(session --json audit verify | jq -c .data.intact)" true "... and is whole"

session audit clear --yes > "$dir/said"
echo x >> "$dir/guard/audit/audit.jsonl"
fails_with 1 "audit verify of a trail with a line that is none" session audit verify
contains "$output" "NOT INTACT" "says so"
is "$(session --json audit verify | jq -c '[.success, .data.intact]')" "[false,false]" "also as JSON"
printf "%s\n" audit tail --json > "$SENTINEL_ANSWERS/tail.words"
cp "$dir/tail-json" "$SENTINEL_ANSWERS/tail.answer"
answers_hold "audit list" "audit tail" "audit show" "audit stats" "audit export" "audit verify" "audit reindex"
done_testing
