# shellcheck shell=bash
# A socket of Sentinel's beside a Docker of the script's own: sentineld with the judge's door, and sentinel-proxy as its units start it.  After begin.sh; needs
# SENTINEL_PROXY.
: "${SENTINEL_PROXY:?the sentinel-proxy to test}"
JUDGE_SOCKET=$SENTINEL_HOST/judge.sock
OUR_SOCKET=/run/tools.sock

# proxy_start [KEYS]: its socket is named "tools"; config.yaml says of it what KEYS say.  After guard_start.
proxy_start() {
	sockets_configure "$@"
	systemd-socket-activate --fdname=tools -l "$OUR_SOCKET" "$SENTINEL_PROXY" --docker "${DOCKER_HOST#unix://}" --judge "$JUDGE_SOCKET" > "$SENTINEL_HOST/proxy.log" 2>&1 &
	proxy_pid=$!
	wait_for 10 test -S "$OUR_SOCKET" || bail_out "systemd-socket-activate did not start"
	chmod 666 "$OUR_SOCKET"
	wait_for 20 knows_socket || bail_out "sentineld does not know the socket"
}
knows_socket() { ! curl -s --unix-socket "$OUR_SOCKET" http://docker/_ping | grep -q "not in config.yaml"; }
# sockets_configure KEYS [LINES]: what config.yaml says of the socket "tools", and of others
sockets_configure() {
	local file=$SENTINEL_HOST/guard/config.yaml
	sed -i '/^sockets:/,$d' "$file"
	printf 'sockets:\n  tools: {%s}\n%s\n' "${1:-}" "${2:-}" >> "$file"
	[ -z "${guard_pid:-}" ] || kill -HUP "$guard_pid"
}
proxy_stop() {
	[ -z "${proxy_pid:-}" ] || kill "$proxy_pid" 2> /dev/null
	wait "${proxy_pid:-}" 2> /dev/null
	proxy_pid=
}

# The docker command at the socket.
through() { docker --host "unix://$OUR_SOCKET" "$@"; }
