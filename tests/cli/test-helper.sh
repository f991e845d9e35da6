#!/bin/bash
# SPDX-License-Identifier: MIT
# sentinel-docker: what it writes to daemon.json, what it tells systemd, and that a failure changes nothing.  systemctl, busctl and dockerd are
# played by scripts.
set -uo pipefail
here=$(cd "$(dirname "$0")/../e2e" && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/host.sh
. "$here/host.sh"
host_enter "$0" "$@"

mkdir -p /etc/docker 2> /dev/null || bail_out "there is no /etc/docker"
mountpoint -q /etc/docker || mount -t tmpfs -o mode=755 tmpfs /etc/docker
config=/etc/docker/daemon.json
mkdir "$SENTINEL_HOST/bin"
put() { # PROGRAM SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" > "$SENTINEL_HOST/bin/$1"
	chmod 755 "$SENTINEL_HOST/bin/$1"
}
# What is said to systemd is in $told; "show" answers what is in $state, and a command that begins with the words in $breaks fails.
put systemctl "echo \"\$*\" >> $SENTINEL_HOST/told
case \"\$*\" in \"\$(cat $SENTINEL_HOST/breaks)\"*) echo 'it is broken' >&2; exit 1;; show*) cat $SENTINEL_HOST/state;; esac"
put dockerd "case \$(cat $SENTINEL_HOST/verdict) in no) echo 'that is nothing' >&2; exit 1;; old) echo 'unknown flag: --validate' >&2; exit 125;; esac"
put busctl "echo 'ss \"asked\" \"\"'"
: > "$SENTINEL_HOST/verdict"
echo "no such command" > "$SENTINEL_HOST/breaks"
printf 'masked\n\nmasked\n' > "$SENTINEL_HOST/state"

helper() {
	: > "$SENTINEL_HOST/told"
	PATH="$SENTINEL_HOST/bin:$PATH" "$HELPER" "$@"
}
told() { tr '\n' ';' < "$SENTINEL_HOST/told"; }
guard="sentineld.socket sentineld.service"
release="unmask --runtime $guard;stop sentinel-stopped.socket sentinel-stopped.service;"

for words in "" "nothing" "install --what" "--restart-docker install"; do
	# shellcheck disable=SC2086
	fails_with 2 "sentinel-docker $words" helper $words
	contains "$output" "expected install, uninstall, start or stop" "says what it knows"
done
fails_with 1 "who is not root" setpriv --reuid 65534 --clear-groups "$HELPER" stop
contains "$output" "only root may do this" "is told"

fails_with 4 "the verb of who is not root and may not be asked" setpriv --reuid 65534 --clear-groups "$SENTINEL" --no-ask-password authz stop
contains "$output" "this is for root; use sudo" "starts nothing"

# The guard's units.
contains "$(helper stop)" "stopped until sentinel authz start" "stop says how long"
is "$(told)" "mask --runtime $guard;stop $guard;start sentinel-stopped.socket;show --value --property=LoadState $guard;" "stop masks first, and puts the stand-in there"
echo loaded > "$SENTINEL_HOST/state"
fails_with 1 "a stop that does not hold" helper stop
contains "$output" "does not stay so" "says so"
is "$(helper start)" "Docker Sentinel runs" "start"
is "$(told)" "${release}start $guard;" "takes the stand-in away before"
for broken in mask stop "start sentinel-stopped"; do
	echo "$broken" > "$SENTINEL_HOST/breaks"
	fails_with 1 "stop, when systemctl $broken fails" helper stop
	contains "$output" "it is broken" "says what systemctl said"
done
for broken in unmask "stop sentinel-stopped" "start sentineld"; do
	echo "$broken" > "$SENTINEL_HOST/breaks"
	fails_with 1 "start, when systemctl $broken fails" helper start
done
echo "no such command" > "$SENTINEL_HOST/breaks"

# Docker's configuration, while Docker does not run.
fails_with 1 "install without a plugin that answers" helper install
contains "$output" "the plugin does not answer at $PLUGIN_SOCKET" "says so"
fails_with 1 "and wrote nothing" test -e $config
"$SENTINELD" --bus none --stopped --authz-socket "$PLUGIN_SOCKET" 2> /dev/null &
stopped=$!
wait_for 10 test -S "$PLUGIN_SOCKET" || bail_out "there is no stand-in"
fails_with 1 "install with a plugin that denies a ping" helper install
contains "$output" "the plugin does not answer at $PLUGIN_SOCKET: it says something else" "says so"
fails_with 1 "and wrote nothing then" test -e $config
kill $stopped
wait $stopped 2> /dev/null
guard_policy permissive
guard_start
said=$(helper install)
contains "$said" "Docker does not run; the change counts when it starts" "install, while Docker does not run"
contains "$said" "Docker asks Docker Sentinel before it does anything ($config)" "says what is true then"
is "$(told)" "${release}enable --now $guard;" "the units are enabled"
is "$(jq -c . $config) $(stat -c %a $config)" '{"authorization-plugins":["sentinel"]} 644' "daemon.json asks for the plugin"
before=$(cat $config)
helper install --keep-units > /dev/null
is "$(cat $config)$(told)" "$before" "a second time changes nothing, and --keep-units tells systemd nothing"
contains "$(helper uninstall)" "Docker no longer asks Docker Sentinel ($config)" "uninstall"
is "$(told)" "${release}disable --now sentineld.service sentineld.socket;" "the units are disabled"
fails_with 1 "the file that was ours alone is gone" test -e $config
contains "$(helper uninstall --keep-units)" "Docker did not ask Docker Sentinel" "a second time there is nothing to do"
is "$(told)" "$release" "but the stand-in goes"

own='{ "debug": true,   "authorization-plugins": ["other"], "labels": ["a=b"] }'
echo "$own" > $config
chmod 640 $config
helper install > /dev/null
is "$(jq -c . $config) $(stat -c %a $config)" '{"debug":true,"authorization-plugins":["other","sentinel"],"labels":["a=b"]} 640' "what was there stays there, and may be read by whom it was"
is "$(cat $config.before-sentinel)" "$own" "with a copy of what was"
fails_with 1 "nothing half written is left" test -e $config.new-sentinel
helper uninstall > /dev/null
is "$(jq -c . $config)" "$(jq -c . <<< "$own")" "uninstall leaves what was"

helper install --builder > /dev/null
is "$(jq -c .builder $config)" '{"entitlements":{"network-host":false,"security-insecure":false}}' "install --builder takes from the builder what it may not give"
helper uninstall > /dev/null
is "$(jq -c . $config)" "$(jq -c . <<< "$own")" "uninstall gives it back"

echo "$own" > $config
echo no > "$SENTINEL_HOST/verdict"
fails_with 1 "what dockerd would not take" helper install
contains "$output" "Docker would not take it: that is nothing" "is told in its words"
is "$(cat $config)" "$own" "and changes nothing"
echo old > "$SENTINEL_HOST/verdict"
succeeds "a dockerd that cannot say is not asked" helper install
: > "$SENTINEL_HOST/verdict"
echo '{"authorization-plugins": "sentinel"' > $config
fails_with 1 "a file that is no JSON" helper install
contains "$output" "$config was left as it is" "is left as it is"
is "$(cat $config)" '{"authorization-plugins": "sentinel"' "to the letter"

# To the letter, with what hangs on the file.
for own in '{"authorization-plugins": []}' '{"a":1}' '{ "authorization-plugins" : [ ] , "b": [1,2] }'; do
	printf '%s' "$own" > $config
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "trusted.sentinel", b"kept")' $config
	helper install --builder > /dev/null
	is "$(jq -c '."authorization-plugins"' $config)" '["sentinel"]' "install into $own"
	is "$(python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "trusted.sentinel").decode())' $config)" kept "keeps its attributes"
	helper uninstall > /dev/null
	is "$(cat $config)" "$own" "and uninstall is the exact reverse"
done
rm $config
printf '{"a":1}' > /etc/docker/real.json
ln -s real.json $config
helper install > /dev/null
is "$(readlink $config) $(jq -c '."authorization-plugins"' /etc/docker/real.json)" 'real.json ["sentinel"]' "a link stays one"
helper uninstall > /dev/null
rm $config
printf '{"a":1}\0' > $config
fails_with 1 "a byte 0" helper install
contains "$output" "byte 0" "is not passed over"
rm $config

# Who says that he is dockerd: a process of somebody else's is not told anything, and none of another name.
cp "$(command -v bash)" "$SENTINEL_HOST/dockerd"
play() { # WORD...: as the process in Docker's file
	"$@" > /dev/null 2>&1 &
	played=$!
	echo $played > /run/docker.pid
	until [ "$(cat /proc/$played/comm)" = dockerd ]; do sleep 0.05; done
}
end_play() { kill $played 2> /dev/null; wait $played 2> /dev/null; rm -f /run/docker.pid; }
play setpriv --reuid 65534 --clear-groups "$SENTINEL_HOST/dockerd" -c 'sleep 30; :'
contains "$(helper install)" "Docker does not run" "another user's process is no Docker"
succeeds "and is left alone" kill -0 $played
helper uninstall > /dev/null
end_play
play bash -c 'printf dockerd > /proc/$$/comm; sleep 30; :'
contains "$(helper install)" "Docker does not run" "nor is a process that calls itself so"
helper uninstall > /dev/null
end_play

# A list on dockerd's own command line.
play "$SENTINEL_HOST/dockerd" -c 'sleep 30; :' --authorization-plugin=opa
fails_with 1 "install, when the list stands on the command line" helper install
succeeds "uninstall has nothing to do with somebody else's" helper uninstall --keep-units
end_play
play "$SENTINEL_HOST/dockerd" -c 'sleep 30; :' --authorization-plugin opa,sentinel
fails_with 1 "but with the plugin there" helper uninstall --keep-units
contains "$output" "remove that from its unit" "it says so"
end_play

# One at a time.
exec 8> /run/sentinel-docker.lock
flock 8
timeout 1 "$HELPER" uninstall --keep-units > /dev/null 2>&1
is $? 124 "a second one waits for the first"
exec 8>&-

contains "$(helper install --restart-docker)" "Docker asks Docker Sentinel" "install --restart-docker"
is "$(tail -1 "$SENTINEL_HOST/told")" "restart docker.service" "restarts it, at the end"
echo restart > "$SENTINEL_HOST/breaks"
rm $config
fails_with 1 "a restart that fails" helper install --restart-docker
contains "$output" "systemctl restart: it is broken" "is told"
guard_stop
done_testing
