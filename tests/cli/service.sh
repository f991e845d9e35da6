# shellcheck shell=bash
# A session bus and a sentineld on it, for one script, with TAP's words: its files are in $dir, and go when it ends.  Needs SENTINELD and SENTINEL.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/tap.sh"
# shellcheck source=tests/cli/answers.sh
. "$(dirname "${BASH_SOURCE[0]}")/answers.sh"

dir=$(mktemp -d)
mkdir -p "$dir/guard/audit"
export TMPDIR=$dir TZ=UTC
trap service_leave EXIT

service_bus() {
	service_bus_info=$(dbus-daemon --session --fork --print-address=1 --print-pid=1 --address="unix:path=$dir/bus") || bail_out "dbus-daemon did not start"
	export DBUS_SESSION_BUS_ADDRESS=${service_bus_info%%$'\n'*}
}

service_start() {
	"$SENTINELD" --config-dir "$dir/guard" --authz-socket "$dir/authz.sock" --bus session --docker-host "unix://$dir/docker.sock" > "$dir/guard.log" 2>&1 &
	service_pid=$!
	for _ in $(seq 400); do
		! grep -q 'is ready' "$dir/guard.log" || return 0
		sleep 0.05
	done
	cat "$dir/guard.log" >&2
	bail_out "sentineld did not start"
}

service_stop() {
	[ -z "${service_pid:-}" ] || kill "$service_pid" 2> /dev/null
	wait "${service_pid:-}" 2> /dev/null
	service_pid=
}

# With everything that was begun.
service_leave() {
	service_stop
	[ -z "${service_bus_info:-}" ] || kill "${service_bus_info##*$'\n'}" 2> /dev/null
	rm -rf "$dir"
}

session() { "$SENTINEL" --bus session "$@"; }

# ask METHOD URI BODY: as dockerd would; the plugin's answer
ask() {
	jq -nc --arg method "$1" --arg uri "$2" --arg body "$(printf '%s' "$3" | base64 -w0)" \
		'{RequestMethod: $method, RequestUri: $uri, RequestHeaders: {"Content-Type": "application/json"}, RequestBody: $body}' |
		curl -s --unix-socket "$dir/authz.sock" http://p/AuthZPlugin.AuthZReq -d @-
}
