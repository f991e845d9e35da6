# shellcheck shell=bash
# A socket of Sentinel's beside a Docker of the script's own: sentineld with the judge's door, and sentinel-proxy as its units start it.  After begin.sh; needs
# SENTINEL_PROXY.
: "${SENTINEL_PROXY:?the sentinel-proxy to test}"
JUDGE_SOCKET=$SENTINEL_HOST/judge.sock
OUR_SOCKET=/run/tools.sock

# proxy_start: its socket is named "tools"
proxy_start() {
	systemd-socket-activate --fdname=tools -l "$OUR_SOCKET" "$SENTINEL_PROXY" --docker "${DOCKER_HOST#unix://}" --judge "$JUDGE_SOCKET" > "$SENTINEL_HOST/proxy.log" 2>&1 &
	proxy_pid=$!
	wait_for 10 test -S "$OUR_SOCKET" || bail_out "systemd-socket-activate did not start"
	chmod 666 "$OUR_SOCKET"
}
proxy_stop() {
	[ -z "${proxy_pid:-}" ] || kill "$proxy_pid" 2> /dev/null
	wait "${proxy_pid:-}" 2> /dev/null
	proxy_pid=
}

# The docker command at the socket.
through() { docker --host "unix://$OUR_SOCKET" "$@"; }
