#!/bin/bash
# SIGKILL under load: dockerd fails closed, recovers, and no answered decision is missing from the journal.
. "$(dirname "$0")/begin.sh"

KILLS=20
guard_policy production
guard_start
docker_start
image_import > /dev/null

python3 "$here/load.py" $PLUGIN_SOCKET 12 8 "$SENTINEL_HOST/answered" > "$SENTINEL_HOST/load.log" 2>&1 &
load=$!
for ((i = 0; i < KILLS; i++)); do
	sleep 0.3
	guard_kill
	guard_start
done
wait $load
is "$?" 0 "$KILLS kills: every answer was a denial ($(tail -1 "$SENTINEL_HOST/load.log"))"

journal | tr -d '\0' | jq -rR 'fromjson? | .image' | sort > "$SENTINEL_HOST/written"
is "$(sort "$SENTINEL_HOST/answered" | comm -23 - "$SENTINEL_HOST/written" | head -3)" "" "no answered decision is missing from the journal"
is "$(journal | jq -cR 'fromjson? // "torn"' | grep -c torn)" 0 "no line is torn"
is "$(journal | jq -r .id | sort -n | uniq -d | head -3)" "" "no id was given twice"
succeeds "the index is complete" wait_for 10 bash -c \
	"[ \$(sqlite3 $SENTINEL_HOST/guard/audit/audit.db 'select count(*) from decision') = $(wc -l < "$SENTINEL_HOST/guard/audit/audit.jsonl") ]"

is "$("$SENTINEL" --config-dir "$SENTINEL_HOST/guard" --local --json audit verify | jq -c .data.intact)" true "the chain goes over all of it"

(for ((i = 0; i < 40; i++)); do docker create --privileged --name "kill-$i" busybox:1.36; done) > "$SENTINEL_HOST/clients.log" 2>&1 &
clients=$!
for ((i = 0; i < 3; i++)); do
	sleep 0.3
	guard_kill
	guard_start
done
wait $clients
is "$(docker ps -aq)" "" "through dockerd: nothing privileged was created meanwhile"
is "$(docker run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine 2>&1)" fine "a harmless container runs afterwards"
done_testing
