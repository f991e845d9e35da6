#!/bin/bash
# A full disk under the audit trail: what changes something is denied, until there is room again.
. "$(dirname "$0")/begin.sh"

audit=$SENTINEL_HOST/guard/audit
mkdir -p "$audit"
mount -t tmpfs -o size=4m tmpfs "$audit"
guard_policy_all_reads production
start_bus
guard_start --bus session
docker_start
image_import > /dev/null
create() { docker create --user 1000 --memory 64m busybox:1.36 true 2>&1; }
state() { "$SENTINEL" --bus session --json authz status | jq -r .data.state; }
is_state() { [ "$(state)" = "$1" ]; }

succeeds "there is room: a container can be made" create
is "$(state)" serving "the state is serving"
lines=$(journal | wc -l)
dd if=/dev/zero of="$audit/filler" bs=4k status=none 2> /dev/null
for ((i = 0; i < 100; i++)); do docker version > /dev/null 2>&1; done # the last page of the journal fills
denial=$(create)
contains "$denial" "audit trail" "the disk is full: a change is denied, with the reason"
number=$(grep -oE 'show [0-9]+' <<< "$denial" | grep -oE '[0-9]+')
is "$(journal | jq -rR "fromjson? | select(.id == ${number:-0}) | .decision + \" \" + .findings[0].rule")" "denied builtin.audit-down" \
	"the denial itself is written down, into room that was kept for it"
succeeds "that the disk fills is told" wait_for 15 guard_logged "is nearly full"
contains "$("$SENTINEL" --bus session authz status)" "Warning: the disk with the audit trail is nearly full" "and the state says so"
succeeds "a read-only call is answered" docker ps
succeeds "the state is degraded" wait_for 5 is_state degraded
succeeds "the log says so" guard_logged "degraded: the journal"
sleep 11 # the disk is looked at each 10 s (LIMIT_DISK_LOOK_S): the room that was kept for that denial is none
fails_with 1 "nobody says that there is room again" guard_logged "has room again"
torn=$(journal | jq -cR 'fromjson? // "torn"' | grep -c torn)
is "$((torn <= 1))" 1 "at most the last line is cut ($torn)"

rm "$audit/filler"
succeeds "there is room again: the state is serving" wait_for 5 is_state serving
succeeds "a container can be made" create
succeeds "the log says so" guard_logged "the journal can be written again"
is "$(($(journal | wc -l) > lines))" 1 "the journal went on"
is "$(journal | jq -R 'fromjson? | .id' | uniq -d)" "" "no id was given twice"
succeeds "the index catches up" wait_for 5 bash -c \
	"[ \$(sqlite3 $audit/audit.db 'select max(id) from decision') = $(journal | tail -1 | jq .id) ]"

# The setting that goes on without an audit trail.
sed -i '1i fail_mode: open' "$SENTINEL_HOST/guard/config.yaml"
sleep 1
dd if=/dev/zero of="$audit/filler" bs=4k status=none 2> /dev/null
for ((i = 0; i < 100; i++)); do docker version > /dev/null 2>&1; done
succeeds "fail_mode: open lets a harmless change through" create
contains "$(docker create --privileged busybox:1.36 true 2>&1)" BLOCKED "and still blocks what the policy blocks"
done_testing
