#!/bin/bash
# ./quickstart as a newcomer runs it, whole and interrupted; nothing of it is left.  With what is built already: that it builds is seen on
# new machines (tests/fresh).
#   test-quickstart.sh ROOT BUILD
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/wait.sh"
root=$1 build=$2
export CI=true
top=$(mktemp -d /tmp/quickstart-test-XXXXXX)
trap 'rm -rf --one-file-system "$top"' EXIT
mkdir "$top/tmp"
export TMPDIR=$top/tmp

machine() { # what quickstart must not change
	find /etc/docker /etc/sentinel -printf '%p %T@ %y\n' 2> /dev/null | sort
	find /run/docker /var/lib/docker /var/lib/sentinel -maxdepth 1 -printf '%p\n' 2> /dev/null | sort
	find "$root" -maxdepth 1 -printf '%p\n' | sort
}
left() { # processes, mounts, files and cgroups with the name of our directory
	local name
	for name in /proc/[0-9]*; do
		[ "$name" = /proc/$$ ] || ! grep -sqaF -- "$TMPDIR/" "$name/cmdline" || echo "process ${name#/proc/}"
	done
	grep -F -- "$TMPDIR/" /proc/self/mountinfo
	find "$TMPDIR" -mindepth 1
	[ -z "$host" ] || find /sys/fs/cgroup -type d -name "${host##*/}*"
}
is_clean() { [ -z "$(left)" ]; }
nothing_left() { # WHAT: what has been told to end may take a moment
	wait_for 5 is_clean
	is "$(left)" "" "$1"
}
host_of() { grep -o "$TMPDIR/sentinel-[[:alnum:]]\{6\}" "$1" | head -n 1; }

before=$(machine)
"$root/quickstart" --build-dir "$build" > "$top/output" 2>&1 < /dev/null
is "$?" 0 "quickstart succeeds"
output=$(cat "$top/output")
host=$(host_of "$top/output")
while IFS='|' read -r what part; do
	contains "$output" "$part" "$what"
done <<'ROWS'
it says what it does to the machine|installs nothing: all Debian packages are here
it shows the commands|--local --config-dir
it asks the production policy|validate --policy production -- docker run --privileged ubuntu
the answer has the score|BLOCKED BY SENTINEL (Risk Score: 65/100)
and the exit code|(exit code 1: denied)
a privileged one is refused by the plugin|authorization denied by plugin sentinel: ⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)
it says what next|What next?
ROWS
is "$(grep -cx 'Hello from inside the container' "$top/output")" 1 "the container itself prints"
is "$(grep -c 'denied .*docker create --privileged' "$top/output")" 1 "the blocked one is in the audit trail"
is "$(grep -c 'allowed .*docker create --network none --user 1000' "$top/output")" 1 "and the harmless one"
is "$(grep -c $'\e' "$top/output")" 0 "no colours outside a terminal"
is "$(left)" "" "nothing is left"
is "$(machine)" "$before" "nothing on the machine has changed"

# Interrupted: Ctrl-C goes to the foreground process group, a closed terminal hangs up, kill hits one process.
interrupted() { # SIGNAL LINE TARGET
	local pid end=$((SECONDS + 60))
	: > "$top/output" # the line must be this run's
	set -m
	"$root/quickstart" --build-dir "$build" > "$top/output" 2>&1 < /dev/null &
	pid=$!
	set +m
	until grep -qF -- "$2" "$top/output"; do
		[ $SECONDS -le $end ] || break
		sleep 0.05
	done
	kill "-$1" -- "$3$pid"
	wait "$pid"
	code=$?
	host=$(host_of "$top/output")
}
for line in 'Build' 'dockerd --authorization-plugin' 'A harmless container' 'Both are in the audit trail'; do
	interrupted INT "$line" -
	is "$code" 130 "Ctrl-C at \"$line\" ends it"
	nothing_left "and nothing is left"
done
interrupted HUP 'A harmless container' -
nothing_left "the terminal closed: nothing is left"
interrupted TERM 'A harmless container' ''
nothing_left "killed: nothing is left"
interrupted KILL 'A harmless container' ''
no_process() { [ "$(left | grep -c '^process')" -eq 0 ]; }
wait_for 30 no_process
is "$(left | grep -c '^process')" 0 "killed without a chance to clean up: no process is left"
rm -rf --one-file-system "${TMPDIR:?}"/*
is "$(machine)" "$before" "nothing on the machine has changed"

fails_with 2 "an unknown option is refused" "$root/quickstart" --nonesuch
contains "$output" "--help" "and help is named"
done_testing
