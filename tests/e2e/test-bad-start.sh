#!/bin/bash
# What stops sentineld from starting, or makes it start locked down: a clear answer, and no call is let through.
. "$(dirname "$0")/begin.sh"

NOBODY=65534
guard=$SENTINEL_HOST/guard
chmod 755 "$SENTINEL_HOST"
start() { timeout 10 "$SENTINELD" --config-dir "$guard" --bus none "$@"; }

fails_with 1 "a socket path in a missing directory" start --authz-socket /nowhere/s.sock
contains "$output" "cannot listen on /nowhere/s.sock: No such file or directory" "says which path and why"
touch "$SENTINEL_HOST/precious"
fails_with 1 "a socket path that is a file" start --authz-socket "$SENTINEL_HOST/precious"
contains "$output" "$SENTINEL_HOST/precious" "says which"
succeeds "the file is still there" test -f "$SENTINEL_HOST/precious"
fails_with 1 "a socket path that is too long" start --authz-socket "/tmp/$(printf 'x%.0s' {1..200})"
contains "$output" "107 bytes are the most that a Unix socket takes" "says how long one may be"
guard_start
fails_with 1 "a socket that another sentineld listens on" start --authz-socket $PLUGIN_SOCKET
contains "$output" "$PLUGIN_SOCKET" "says which"
is "$(curl -s --unix-socket $PLUGIN_SOCKET -X POST http://p/Plugin.Activate)" '{"Implements":["authz"]}' "the first one still serves"
guard_kill
guard_start
is "$(curl -s --unix-socket $PLUGIN_SOCKET -X POST http://p/Plugin.Activate)" '{"Implements":["authz"]}' "a socket that a killed one left behind is taken over"
guard_stop

install -d -o $NOBODY "$SENTINEL_HOST/run"
as_nobody() { timeout 10 setpriv --reuid $NOBODY --regid $NOBODY --clear-groups "$SENTINELD" --bus none --authz-socket "$SENTINEL_HOST/run/s.sock" "$@"; }
chmod 700 "$guard"
fails_with 1 "a configuration directory that cannot be read" as_nobody --config-dir "$guard"
contains "$output" "$guard" "says which"
contains "$output" "Permission denied" "says why"
fails_with 1 "a configuration directory that is a file" start --config-dir "$SENTINEL_HOST/precious" --authz-socket $PLUGIN_SOCKET
contains "$output" "$SENTINEL_HOST/precious" "says which"

fails_with 2 "an unknown option" "$SENTINELD" --colour
contains "$output" "--colour" "names it"
fails_with 2 "an unknown bus" "$SENTINELD" --bus moon
contains "$output" "expected system, session or none" "says what was expected"

rm -rf "$guard"
guard_start
is "$(find "$guard/policies" -name '*.yaml' | wc -l)" "$(find "$here/../../policies" -name '*.yaml' | wc -l)" "an empty directory gets the templates"
succeeds "and a configuration" grep -q '^active_policy: default' "$guard/config.yaml"
guard_stop
echo "# mine" > "$guard/policies/strict.yaml"
guard_start
is "$(cat "$guard/policies/strict.yaml")" "# mine" "files that are there are never overwritten"
guard_stop

# Locked down: no valid policy since the start.
ask() { # METHOD URI [BODY]
	curl -s --unix-socket $PLUGIN_SOCKET http://p/AuthZPlugin.AuthZReq -d "{\"RequestMethod\":\"$1\",\"RequestUri\":\"$2\"${3:+,\"RequestBody\":\"$(base64 -w0 <<< "$3")\"}}"
}
locked_down() { # WHAT, with the files prepared
	guard_start
	contains "$(guard_log)" "lockdown" "$1: the log says lockdown"
	contains "$(ask POST /v1.41/containers/create '{"Image":"nginx:1.25"}')" '"Allow":false' "$1: a create is denied"
	contains "$(ask GET /v1.41/containers/json)" '"Allow":true' "$1: a read-only call is allowed"
	guard_stop
}
guard_policy strict
locked_down "an empty policy"
contains "$(guard_log)" "strict.yaml" "the log names the file"
echo "active_policy: nonesuch" > "$guard/config.yaml"
locked_down "a policy that does not exist"
printf 'active_policy: default\ncolour: red\n' > "$guard/config.yaml"
locked_down "an unknown key in config.yaml"
contains "$(guard_log)" "config.yaml:2:1" "the log says where"
printf 'active_policy: [\n' > "$guard/config.yaml"
locked_down "a broken config.yaml"

guard_policy nonesuch
guard_start
sed 's/^name: .*/name: nonesuch/' "$guard/policies/production.yaml" > "$guard/policies/nonesuch.yaml"
succeeds "lockdown ends when the policy is there" wait_for 5 guard_logged "policy nonesuch"
contains "$(ask POST /v1.41/containers/create '{"Image":"nginx:1.25","HostConfig":{"Privileged":true}}')" 'Privileged containers' "and it decides"
done_testing
