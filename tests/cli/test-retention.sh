#!/bin/bash
# SPDX-License-Identifier: MIT
# The trail over its files: put away by age and by size, packed, removed by age and by size; every verb sees what is there, and verify knows why the rest is not.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

trail=$dir/guard/audit
service_bus
setting() { printf 'active_policy: production\naudit: {%s}\n' "$1" > "$dir/guard/config.yaml"; }
finished() { find "$trail" -name 'audit-0*' | wc -l; }
# Until COMMAND holds; retention looks once a minute, rotation and packing once a second.
until_holds() { # SECONDS COMMAND...
	local left=$(($1 * 5))
	shift
	until "$@"; do
		[ $((left -= 1)) -gt 0 ] || return 1
		sleep 0.2
	done
}
lines() { for file in "$trail"/audit*.jsonl "$trail"/audit-*.zst; do [ ! -e "$file" ] || case $file in *.zst) zstdcat "$file" ;; *) cat "$file" ;; esac; done | grep -v '^{"v":2,"segment"'; }
ids() { lines | jq -r .id | sort -n; }
# What the files hold is what every verb says.
agrees() { # WHAT
	local there listed
	there=$(ids)
	listed=$(session --json audit list --all --limit 10000 | jq -r '.data.entries[].id' | sort -n)
	is "$(md5sum <<< "$listed")" "$(md5sum <<< "$there")" "$1: audit list has what the files have, and nothing else"
	is "$(session --json audit stats | jq .data.total)" "$(lines | jq -c 'select(.kind == null)' | wc -l)" "$1: audit stats counts the same"
	is "$(session audit export --format jsonl | jq -r .id | sort -n | head -n 1)" "$(head -n 1 <<< "$there")" "$1: audit export begins there, too"
	succeeds "$1: the trail is intact" session audit verify
}
old_lines() { # FROM TO
	local id
	for id in $(seq "$1" "$2"); do
		printf '{"v":1,"id":%d,"time":%d,"decision":"denied","mode":"enforce","policy":"production","score":40,"max_score":50,"user":"alice","method":"POST","uri":"/v1.43/swarm/init","endpoint":"swarm.init","command":"docker swarm init","image":"","subject":"","duration_us":9,"findings":[]}\n' "$id" $((old + id))
	done
}
# calls N: each with 12 KB of arguments
calls() {
	jq -nc --arg word "$(head -c 6000 /dev/urandom | od -An -vtx1 | tr -d ' \n')" '{Image: "ubuntu", Cmd: ["echo", $word], HostConfig: {Privileged: true}}' > "$dir/body"
	jq -nc --arg body "$(base64 -w0 "$dir/body")" \
		'{RequestMethod: "POST", RequestUri: "/v1.43/containers/create", RequestHeaders: {"Content-Type": "application/json"}, RequestBody: $body}' > "$dir/message"
	curl -s -H Expect: --unix-socket "$dir/authz.sock" "http://p/AuthZPlugin.AuthZReq?[1-$1]" -o "$dir/answers" -d @"$dir/message"
}

# By age: an older version wrote 40 days ago, into a file that was put away and one that was written.
old=$((($(date +%s) - 40 * 86400) * 1000000))
first_file=$trail/audit-00000000000000000001.jsonl
old_lines 1 300 > "$first_file"
{
	printf '{"v":2,"segment":{"position":%d,"prev":"%s"}}\n' "$(stat -c %s "$first_file")" "$(tail -n 1 "$first_file" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)"
	old_lines 301 310
} > "$trail/audit.jsonl"
setting 'compress: none, rotate: {size: 1M, age: 1m}'
service_start
succeeds "a file is put away by its age" until_holds 60 test -e "$trail/audit-00000000000000000301.jsonl"
ask POST /v1.43/swarm/init "{}" > /dev/null
is "$(session --json audit stats --user alice | jq .data.total)" 310 "without retention nothing goes"
agrees "before"
setting 'compress: none, rotate: {size: 1M, age: 1d}, retention: {days: 30}'
succeeds "what is older than is kept goes" until_holds 90 test ! -e "$first_file"
is "$(session --json audit list --user alice --all --limit 10000 | jq '.data.entries | length') $(session --json audit stats --user alice | jq '.data.total')" "10 10" \
	"... from lists and statistics, too"
removals() { session --json audit list --events --limit 1000 | jq -r '.data.entries[] | select(.kind == "retention") | .id'; }
is "$(session --json audit show "$(removals)" | jq -c '.data.details | [.files, .first_id]')" "[1,301]" "the trail says that it went"
contains "$(session audit verify)" "removed on purpose, as record" "audit verify says so, too"
contains "$(session audit verify)" "(retention)" "... and why"
fails_with 3 "a record that went is not shown" session audit show 7
agrees "by age"

# By size: put away at 1 MB each, packed but for the newest, removed beyond 2 MB.
setting 'rotate: {size: 1M, age: 1d}'
for _ in $(seq 20); do
	[ "$(finished)" -lt 4 ] || break
	calls 90
	sleep 1
done
packed() { [ "$(find "$trail" -name 'audit-0*.zst' | wc -l)" -ge 3 ]; }
succeeds "files that were put away are packed" until_holds 90 packed
is "$(find "$trail" -name 'audit-0*.jsonl' | wc -l)" 1 "... but for the newest"
agrees "packed"
one=$(find "$trail" -name 'audit-0*.zst' | sort | tail -n 1)
zstdcat "$one" > "$dir/copy.jsonl"
replayed() { session --json policy replay permissive --file "$1" | jq -c '.data.counts'; }
is "$(replayed "$one")" "$(replayed "$dir/copy.jsonl")" "policy replay reads a packed file as what is in it"
is "$(replayed "$one" | jq 'add > 0')" true "... and not as nothing"
head -c $(($(stat -c %s "$one") - 9)) "$one" > "$dir/cut.zst"
fails_with 3 "... and not one that was cut off" session policy replay permissive --file "$dir/cut.zst"
contains "$output" "the packed file is damaged" "... which it says"
zstd -q "$dir/copy.jsonl" -o "$dir/other.zst"
fails_with 2 "nor what another program packed" session policy replay permissive --file "$dir/other.zst"
contains "$output" "zstdcat" "... and says what to do"
setting 'compress: none, rotate: {size: 1M, age: 1d}'
for _ in $(seq 20); do
	[ "$(finished)" -lt 7 ] || break
	calls 90
	sleep 1
done
setting 'compress: none, rotate: {size: 1M, age: 1d}, retention: {size: 3M}'
small() { [ "$(find "$trail" -name 'audit*.jsonl*' -printf '%s\n' | awk '{ s += $1 } END { print s }')" -le $((3 << 20)) ]; }
before=$(finished)
succeeds "beyond the size the oldest go" until_holds 90 small
is "$(($(finished) < before && $(finished) > 1))" 1 "... and not all of them"
agrees "by size"
is "$(removals | wc -l)" 1 "the trail says that they went" # the record of the removal before went with them
service_stop
service_start
agrees "after a start"

# A packed file that is damaged is told, whoever asks, and is not an end.
setting 'rotate: {size: 1M, age: 1d}'
some_packed() { compgen -G "$trail/audit-0*.zst" > /dev/null; }
succeeds "there is one to damage" until_holds 90 some_packed
damaged=$(find "$trail" -name 'audit-0*.zst' | sort | head -n 1)
printf 'not what it was' | dd of="$damaged" bs=1 seek=$(($(stat -c %s "$damaged") / 2)) conv=notrunc status=none
fails_with 1 "a damaged file is told" session audit verify
contains "$output" "$(basename "$damaged"): this file is damaged" "... with its name"
succeeds "an index is made all the same" session audit reindex
is "$(session --json audit list --all --limit 10000 | jq '.data.entries | length > 10')" true "... of what can be read"
contains "$(cat "$dir/guard.log")" "$(basename "$damaged") of the trail" "... and the log says what cannot"
fails_with 3 "... also of that file alone" session policy replay strict --file "$damaged"
contains "$output" "the packed file is damaged" "... and says why"
fails_with 3 "a replay does not pretend to know all" session policy replay strict
contains "$output" "damaged" "... and says why"
done_testing
