#!/bin/bash
# bench-crowd.sh [--check] [ATTACK...]: how long another user's docker run takes while somebody asks the service for more than there is, against
# the same without; in turns, and the ratio is the median of the pairs'.  --check: fails when one is far above what we reach, when the service did
# not survive it, and when its memory does not come back.
: "${CROWD:?the crowd of tests/bus}"
. "$(dirname "$0")/begin.sh"

ROUNDS=${ROUNDS:-7}
MOST=${MOST:-1.5}
ROWS=${ROWS:-200000}
SPARE_MIB=${SPARE_MIB:-64} # that the service may hold more, a while after an attack, than before it

check=
[ "${1:-}" != --check ] || { check=yes && shift; }

# ATTACK MEASURED: what it is stands beside the attacks of tests/bus/crowd.c.
attacks=(
	"words run" "expressions run" "gate run" "diagnose decision" "subscribers run" "export run" "queries run" "queries reload" "rebuild run"
	"rebuild reload" "messages run" "pushes run" "pushes push"
)

# A bus that everybody reaches, with a polkit that everybody is somebody to; what is asked of "gate" it never answers.
crowd_bus() {
	local dir=/run/crowd
	mkdir -m 755 $dir
	cat > $dir/bus.conf << 'END'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/crowd/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
END
	dbus-daemon --nofork --nopidfile --config-file=$dir/bus.conf &
	bus_pid=$!
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$dir/bus DBUS_SESSION_BUS_ADDRESS=unix:path=$dir/bus
	wait_for 10 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status || bail_out "there is no bus"
	polkit_says yes
	"$CROWD" "$DBUS_SYSTEM_BUS_ADDRESS" polkit $dir &
	polkit_pid=$!
	wait_for 10 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status org.freedesktop.PolicyKit1 || bail_out "there is no polkit"
}
polkit_says() { printf '%s\n' "status yes" "evaluate yes" "audit.read-own yes" "audit.read yes" "policy.reload $1" > /run/crowd/polkit-answers; }

crowd_guard() {
	guard_start --bus system
	wait_for 20 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status io.github.dockersentinel.Sentinel1 || bail_out "the service is not on the bus"
}
# Where no systemd can be asked for units the service itself starts what scans an image before its push.
alone() {
	guard_stop
	guard_start --bus session
	docker push -q 127.0.0.1:5010/team/own:1 > /dev/null || bail_out "nothing can be pushed"
}
call() { # INTERFACE METHOD...
	busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" --timeout=120 call io.github.dockersentinel.Sentinel1 /io/github/dockersentinel/Sentinel1 \
		"io.github.dockersentinel.Sentinel1.$1" "${@:2}" > /dev/null
}

rss_kib() { sed -n "s/^$1:\s*\([0-9]*\) kB/\1/p" "/proc/$guard_pid/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$guard_pid/stat"; }
is_quiet() {
	local before
	before=$(ticks)
	sleep 0.3
	[ $(($(ticks) - before)) -le 1 ]
}
has_index() { call Audit Stats 'a{sv}' 1 user s nobody; }

# The attacks, by somebody.
begin_gate() { polkit_says hang; }
end_gate() { polkit_says yes; }
begin_diagnose() { kill -STOP "$docker_pid"; }
end_diagnose() { kill -CONT "$docker_pid"; }
begin_rebuild() { # the index is made again; the service is another process then
	guard_stop
	rm -f "$SENTINEL_HOST"/guard/audit/audit.db*
	crowd_guard
}
end_rebuild() { wait_for 600 has_index || bail_out "the index was not made"; }
run_pushes() { exec nice -n 19 setpriv --reuid 65534 --regid 65534 --clear-groups python3 "$here/pushes.py" "$SENTINEL_HOST/docker.sock" busybox:1.36 48; }
run_messages() { exec nice -n 19 python3 "$here/hold.py" "$PLUGIN_SOCKET" 300 7340032; }
run_rebuild() {
	echo ready
	exec sleep 3600
}
run_attack() {
	[ "$(type -t "run_$1")" != function ] || "run_$1"
	# Anybody may spend the processor on a program of their own; what is measured is what the service does for them.
	exec nice -n 19 setpriv --reuid 65534 --regid 65534 --clear-groups "$CROWD" "$DBUS_SYSTEM_BUS_ADDRESS" "$1"
}
begin() {
	[ "$(type -t "begin_$1")" != function ] || "begin_$1"
	: > "$SENTINEL_HOST/crowd"
	run_attack "$1" > "$SENTINEL_HOST/crowd" &
	crowd_pid=$!
	wait_for 30 grep -q ready "$SENTINEL_HOST/crowd" || bail_out "the attack $1 did not begin"
}
end() {
	kill -0 "$crowd_pid" 2> /dev/null || bail_out "the attack $1 ended by itself"
	kill "$crowd_pid"
	wait "$crowd_pid" 2> /dev/null
	[ "$(type -t "end_$1")" != function ] || "end_$1"
	wait_for 60 is_quiet || bail_out "the service is still busy after the attack $1"
}

# What is measured: each prints µs.
timed() {
	local start=${EPOCHREALTIME/./}
	"$@" > "$SENTINEL_HOST/said" 2>&1 || echo "# $* failed: $(tail -3 "$SENTINEL_HOST/said")" >&2
	echo $((${EPOCHREALTIME/./} - start))
}
measure_run() { timed command docker run --rm --network none --user 1000 --memory 64m busybox:1.36 id; }
measure_push() { timed command docker push -q 127.0.0.1:5010/team/own:1; }
measure_reload() { timed call Manager ReloadPolicy; }
measure_decision() { python3 "$here/decide.py" "$PLUGIN_SOCKET" 100; }

median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
column() { cut -d' ' -f"$1" "$SENTINEL_HOST/pairs" | median; }

# ATTACK MEASURED
pairs() {
	local round idle
	: > "$SENTINEL_HOST/pairs"
	"measure_$2" > /dev/null
	for ((round = 0; round < ROUNDS; round++)); do
		idle=$("measure_$2")
		begin "$1"
		echo "$idle $("measure_$2")" >> "$SENTINEL_HOST/pairs"
		end "$1"
	done
}

attack() { # ATTACK MEASURED
	local before=$guard_pid held ratio
	held=$(rss_kib VmRSS)
	pairs "$1" "$2"
	ratio=$(awk '{ print $2 / $1 }' "$SENTINEL_HOST/pairs" | median)
	echo "# $1: $2 $(column 1) µs idle, $(column 2) µs under attack, ratio $(printf %.2f "$ratio"); the service holds $((held / 1024)) MiB before, $(($(rss_kib VmHWM) / 1024)) at most so far, $(($(rss_kib VmRSS) / 1024)) after"
	[ -n "$check" ] || return 0
	succeeds "$1: $2 takes at most $MOST times as long" awk -v r="$ratio" -v most="$MOST" 'BEGIN { exit !(r <= most) }'
	[ "$1" = rebuild ] || is "$guard_pid $(cat "/proc/$before/comm" 2> /dev/null)" "$before sentineld" "$1: the service is the same process"
	has_memory() { [ "$(rss_kib VmRSS)" -le $((held + SPARE_MIB * 1024)) ]; }
	[ "$1" = rebuild ] || succeeds "$1: its memory comes back" wait_for 30 has_memory
}

guard_policy production
mkdir -p "$SENTINEL_HOST"/guard/{audit,policies}
sed -E -e 's/^( *allowed_registries: \[)/\1127.0.0.1:5009, 127.0.0.1:5010, /' -e '/^tests:/,$d' "$here/../../policies/production.yaml" > "$SENTINEL_HOST/guard/policies/production.yaml"
python3 "$here/journal.py" "$ROWS" > "$SENTINEL_HOST/guard/audit/audit.jsonl"
crowd_bus
python3 "$here/registry.py" 5010 "$(command -v busybox)" &
registry_pid=$!
trap 'kill $registry_pid $bus_pid $polkit_pid ${crowd_pid:-} 2> /dev/null; kill -CONT "${docker_pid:-0}" 2> /dev/null; host_leave' EXIT
crowd_guard
docker_start
image_import > /dev/null
chmod 755 "$SENTINEL_HOST"
chmod 666 "$SENTINEL_HOST/docker.sock"
docker tag busybox:1.36 127.0.0.1:5010/team/own:1
end_rebuild
for row in "${attacks[@]}"; do
	read -r name measured <<< "$row"
	[ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
	[ "$name" != pushes ] || alone
	attack "$name" "$measured"
done
echo "# $(dockerd --version), medians of $ROUNDS pairs, a trail of $ROWS records"
done_testing
