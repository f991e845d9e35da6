#!/bin/bash
# The guard starts again and again while containers are made and started: Docker Sentinel's socket is held as by systemd, and no call is denied
# or waits for ever.
. "$(dirname "$0")/begin.sh"

guard_policy production
python3 "$here/holder.py" $PLUGIN_SOCKET "$SENTINELD" --config-dir "$SENTINEL_HOST/guard" --docker-host "$DOCKER_HOST" --bus none --log-level warning \
	> "$SENTINEL_HOST/ends" 2> "$SENTINEL_HOST/guard.log" &
guard_pid=$!
wait_for 10 test -S $PLUGIN_SOCKET || bail_out "nobody holds the socket"
docker_start
image_import > /dev/null

TURNS=40 CALLS=20
makes() { docker run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine; }
starts() { docker start -a idle; }
: > "$SENTINEL_HOST/over"
docker create --name idle --network none --user 1000 --memory 64m -v data:/data:ro busybox:1.36 echo fine > /dev/null || bail_out "no container"
again() { # FILE COMMAND: until the end
	while [ ! -s "$SENTINEL_HOST/over" ]; do
		( "$2" 2>&1 || echo "status $?" ) >> "$SENTINEL_HOST/$1"
	done
}
again made makes &
first=$!
again made makes &
second=$!
again started starts &
third=$!
ends() { [ "$(wc -l < "$SENTINEL_HOST/ends")" -ge "$1" ]; }
done_so_far() { cat "$SENTINEL_HOST/made" "$SENTINEL_HOST/started" 2> /dev/null | wc -l; }
for ((turn = 0; turn < TURNS || ($(done_so_far) < CALLS && turn < 5 * TURNS); turn++)); do
	sleep 0.$((RANDOM % 6))
	kill -HUP $guard_pid
	wait_for 15 ends $((turn + 1)) || break
done
sleep 1
echo over > "$SENTINEL_HOST/over"
# Whatever still waits then waits for ever: docker run --rm does for a container whose start was denied.
ended() { ! kill -0 $first 2> /dev/null && ! kill -0 $second 2> /dev/null && ! kill -0 $third 2> /dev/null; }
succeeds "no docker command waits for ever" wait_for 30 ended
is "$(sort -u "$SENTINEL_HOST/made")" fine "docker run: none was denied"
is "$(sort -u "$SENTINEL_HOST/started")" fine "docker start: none was denied"
succeeds "... of many" [ "$(done_so_far)" -ge $CALLS ]
is "$(journal | jq -r 'select(.decision == "denied") | .command' | sort -u)" "" "... nor by the trail"
guard_stop
is "$(cut -d' ' -f1 "$SENTINEL_HOST/ends" | sort | uniq -c | xargs)" "$((turn + 1)) 0" "every instance ended by itself"
succeeds "... within 3 s" [ "$(cut -d' ' -f2 "$SENTINEL_HOST/ends" | sort -n | tail -1)" -lt 3000 ]
kill $first $second $third 2> /dev/null
done_testing
