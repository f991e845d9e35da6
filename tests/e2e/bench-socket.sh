#!/bin/bash
# bench-socket.sh [--check]: what a socket of Sentinel's costs: Docker's commands, single calls and streams at the socket and at Docker's own, in turns; single calls also through
# systemd-socket-proxyd(8), which passes on bytes and reads nothing.  Prints medians and their ratios; --check: fails when one is far above what we reach.
. "$(dirname "$0")/begin.sh"
. "$here/sockets.sh"

ROUNDS=${ROUNDS:-15} CALLS=${CALLS:-3000} MEGABYTES=${MEGABYTES:-500}
SPLICED=/run/spliced.sock
guard_policy production
guard_template_fits production
guard_start --judge-socket "$JUDGE_SOCKET"
docker_spawn_plain "{}"
docker_ready
image_import > /dev/null
proxy_start
systemd-socket-activate -l $SPLICED /usr/lib/systemd/systemd-socket-proxyd "${DOCKER_HOST#unix://}" > "$SENTINEL_HOST/spliced.log" 2>&1 &
spliced=$!
trap 'kill $spliced 2> /dev/null; host_leave' EXIT
wait_for 10 test -S $SPLICED
own=$DOCKER_HOST ours=unix://$OUR_SOCKET
file=$SENTINEL_HOST/file
mkdir "$SENTINEL_HOST/large"
head -c "${MEGABYTES}M" /dev/urandom > "$SENTINEL_HOST/large/file"
ln "$SENTINEL_HOST/large/file" "$file"
tar -C "$SENTINEL_HOST/large" -c . | docker import - large:1 > /dev/null
docker run -d --name lasting --network none --user 1000 --memory 64m busybox:1.36 sleep 3600 > /dev/null

what_ps() { command docker ps; }
what_run() { command docker run --rm --network none --user 1000 --memory 64m busybox:1.36 id; }
what_save() { command docker save large:1 > /dev/null; }
what_in() { command docker cp "$file" lasting:/tmp/file; }
what_out() { command docker cp lasting:/tmp/file - > /dev/null; }
once() { # WHAT FILE
	local start=${EPOCHREALTIME/./} code=0
	"what_$1" > "$SENTINEL_HOST/said" 2>&1 || code=$?
	echo $((${EPOCHREALTIME/./} - start)) >> "$2"
	[ $code -eq 0 ] || bail_out "$1 failed: $(tail -3 "$SENTINEL_HOST/said")"
}
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
compare() { # WHAT TEXT ROUNDS MOST
	local round side with without ratio
	rm -f "$SENTINEL_HOST"/times.*
	for ((round = -1; round < $3; round++)); do
		[ $round -ne 0 ] || rm -f "$SENTINEL_HOST"/times.* # the first is to warm up
		for side in ours own; do
			DOCKER_HOST=${!side} once "$1" "$SENTINEL_HOST/times.$side"
		done
	done
	with=$(median "$SENTINEL_HOST/times.ours") without=$(median "$SENTINEL_HOST/times.own")
	ratio=$(awk -v a="$with" -v b="$without" 'BEGIN { printf "%.3f", a / b }')
	echo "# $2: $((with / 1000)) ms at the socket, $((without / 1000)) ms at Docker's own, ratio $ratio"
	[ "$check" != --check ] || succeeds "$2 takes at most $4 times as long" awk -v r="$ratio" -v most="$4" 'BEGIN { exit !(r <= most) }'
}
check=${1:-}
calls=$(python3 "$here/calls.py" "$CALLS" own="${own#unix://}" spliced=$SPLICED ours="$OUR_SOCKET")
echo "# one GET: $calls"
[ "$check" != --check ] || succeeds "a GET takes at most 250 µs more than through a bare proxy" awk '{ exit !($NF <= 250) }' <<< "$calls"
compare ps "docker ps" "$ROUNDS" 1.15
compare run "docker run" "$ROUNDS" 1.15
compare save "docker save of $MEGABYTES MB" 3 1.4
compare in "docker cp of $MEGABYTES MB, in" 3 1.4
compare out "docker cp of $MEGABYTES MB, out" 3 1.4
echo "# $(dockerd --version), medians"
proxy_stop
done_testing
