#!/bin/bash
# bench-added.sh [--check]: how much longer Docker's commands take with the guard than without: two Dockers of one machine, one with the
# plugin, in turns.  Prints for each command the median of both and the ratio of the medians; --check: fails when one is far above what we reach.
. "$(dirname "$0")/begin.sh"

ROUNDS=${ROUNDS:-15}
MOST=${MOST:-1.5} # aimed at is 1.10; on a machine that does other things at the same time a ratio of medians is noisy

guard_policy production
guard_start
docker_start
image_import > /dev/null
guarded=$DOCKER_HOST
# The same without the plugin, everything else of its own.
mkdir "$SENTINEL_HOST/plain"
plain=unix://$SENTINEL_HOST/plain/docker.sock
dockerd --host "$plain" --data-root "$SENTINEL_HOST/plain/data" --exec-root "$SENTINEL_HOST/plain/exec" --pidfile "$SENTINEL_HOST/plain/docker.pid" \
	--config-file "$SENTINEL_HOST/daemon.json" --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "$(cgroup_parent)" --bridge none --iptables=false --ip-masq=false --ip-forward=false \
	> "$SENTINEL_HOST/plain/docker.log" 2>&1 &
plain_pid=$!
trap 'kill $plain_pid 2> /dev/null; wait $plain_pid 2> /dev/null; host_leave' EXIT
DOCKER_HOST=$plain docker_ready
docker save busybox:1.36 | DOCKER_HOST=$plain docker load > /dev/null

harmless=(--network none --user 1000 --memory 64m)
prepare() {
	command docker run -d --name lasting "${harmless[@]}" busybox:1.36 sleep 3600
	command docker create --name stopped "${harmless[@]}" busybox:1.36 sleep 3600
} > /dev/null 2>&1
for DOCKER_HOST in "$guarded" "$plain"; do prepare; done

what_run() { command docker run --rm "${harmless[@]}" busybox:1.36 id; }
what_exec() { command docker exec lasting id; }
what_start() { command docker start stopped; }
after_start() { command docker kill stopped; }

# The µs that one takes at the Docker of $DOCKER_HOST, as a line of the file.
once() { # WHAT FILE
	local start=${EPOCHREALTIME/./} code=0
	"what_$1" > "$SENTINEL_HOST/said" 2>&1 || code=$?
	echo $((${EPOCHREALTIME/./} - start)) >> "$2"
	[ $code -eq 0 ] || bail_out "docker $1 failed: $(tail -3 "$SENTINEL_HOST/said")"
	[ "$(type -t "after_$1")" != function ] || "after_$1" > /dev/null 2>&1
}
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

for what in run exec start; do
	for ((round = -1; round < ROUNDS; round++)); do
		[ $round -ne 0 ] || rm -f "$SENTINEL_HOST"/times.* # the first is to warm up
		for side in guarded plain; do
			DOCKER_HOST=${!side} once "$what" "$SENTINEL_HOST/times.$side"
		done
	done
	with=$(median "$SENTINEL_HOST/times.guarded") without=$(median "$SENTINEL_HOST/times.plain")
	ratio=$(awk -v a="$with" -v b="$without" 'BEGIN { printf "%.2f", a / b }')
	echo "# docker $what: $((with / 1000)) ms with the guard, $((without / 1000)) ms without, ratio $ratio"
	[ "${1:-}" != --check ] || succeeds "docker $what takes at most $MOST times as long" awk -v r="$ratio" -v most="$MOST" 'BEGIN { exit !(r <= most) }'
done
echo "# $(dockerd --version), medians of $ROUNDS rounds"
done_testing
