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
# What is said to systemd is in $told; "show" answers what is in show-PROPERTY, else in $state, and a command that begins with the words in $breaks fails.  What Docker's
# socket unit listens at is read with the unit files.
taken=/etc/systemd/system/docker.socket.d/zz-sentinel-takeover.conf
put systemctl "echo \"\$*\" >> $SENTINEL_HOST/told
property=\${*##*--property=}
property=$SENTINEL_HOST/show-\${property%% *}
case \"\$*\" in \"\$(cat $SENTINEL_HOST/breaks)\"*) echo 'it is broken' >&2; exit 1;;
show*) cat \$property 2> /dev/null || cat $SENTINEL_HOST/state;;
daemon-reload) [ -e $SENTINEL_HOST/stubborn ] || (sed -n 's/^ListenStream=\(.\+\)/\1 (Stream)/p' $taken 2> /dev/null || echo '/run/docker.sock (Stream)') > $SENTINEL_HOST/show-Listen;;
esac"
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
	contains "$output" "expected install, uninstall, start, stop, takeover or give-back" "says what it knows"
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

# Docker's place.
mount -t tmpfs -o mode=755 tmpfs /etc/systemd/system
mkdir /etc/systemd/system/docker.socket.d
printf '[Socket]\nBacklog=7\n' > /etc/systemd/system/docker.socket.d/own.conf
units() { (cd /etc/systemd/system && find . -type d -printf '%p %m\n' -o -printf '%p %m ' -exec sha256sum {} \; | sort); }
said_to() { grep -v ^show "$SENTINEL_HOST/told" | tr '\n' ';'; }
docker_says() { printf '{"ContainersRunning": %s, "LiveRestoreEnabled": %s}' "$1" "$2" > "$SENTINEL_HOST/info"; }
before=$(units)
echo "no such command" > "$SENTINEL_HOST/breaks"
echo loaded > "$SENTINEL_HOST/show-LoadState"
echo active > "$SENTINEL_HOST/show-ActiveState"
echo 0 > "$SENTINEL_HOST/show-MainPID"
echo '/run/docker.sock (Stream)' > "$SENTINEL_HOST/show-Listen"
refuses() { # WHY NAME
	fails_with 1 "takeover: $2" helper takeover
	contains "$output" "$1" "... is said"
	is "$(said_to)$(units)" "$before" "... and changes nothing"
}
refuses "Docker does not run: start it first" "without Docker"
play "$SENTINEL_HOST/dockerd" -c 'sleep 30; :' -H fd://
refuses "not started by systemd's docker.service" "a dockerd of somebody's own"
end_play
for hosts in "-H fd:// -H tcp://127.0.0.1:2375" "--host=fd:// --host tcp://127.0.0.1:2375" "-Hfd:// -Htcp://127.0.0.1:2375"; do
	# shellcheck disable=SC2086
	play "$SENTINEL_HOST/dockerd" -c 'sleep 30; :' $hosts
	echo $played > "$SENTINEL_HOST/show-MainPID"
	refuses "dockerd also listens at tcp://127.0.0.1:2375" "with another door ($hosts)"
	end_play
done
play "$SENTINEL_HOST/dockerd" -c 'sleep 30; :'
echo $played > "$SENTINEL_HOST/show-MainPID"
refuses "not started with -H fd://" "when it makes its socket itself"
end_play
play "$SENTINEL_HOST/dockerd" -c 'sleep 60; :' -H fd://
echo $played > "$SENTINEL_HOST/show-MainPID"
echo '/srv/docker.sock (Stream)' > "$SENTINEL_HOST/show-Listen"
refuses "listens at something else than /run/docker.sock" "a socket unit that somebody changed"
echo '/run/docker.sock (Stream)' > "$SENTINEL_HOST/show-Listen"
echo inactive > "$SENTINEL_HOST/show-ActiveState"
refuses "is not what Docker listens by" "without its socket unit"
echo active > "$SENTINEL_HOST/show-ActiveState"
echo '/usr/lib/systemd/system/sentinel-proxy@.socket.d/own.conf' > "$SENTINEL_HOST/show-DropInPaths"
refuses "put sockets: {docker: {group: docker}} into /etc/sentinel/config.yaml" "without a socket of that name"
echo '/run/systemd/generator/sentinel-proxy@docker.socket.d/50-config.conf' > "$SENTINEL_HOST/show-DropInPaths"
rm -f /run/docker.sock
ENGINE_INFO=$SENTINEL_HOST/info python3 "$here/engine.py" /run/docker.sock 2> /dev/null &
engine=$!
wait_for 10 test -S /run/docker.sock || bail_out "there is no Docker"
echo '{}' > "$SENTINEL_HOST/info"
refuses "does not say whether containers would stop" "when Docker does not say what runs"
docker_says 2 false
refuses "its 2 running containers would stop: put \"live-restore\": true" "containers that would stop"
places="stop docker.service docker.socket sentinel-proxy@docker.socket sentinel-proxy@docker.service;daemon-reload;try-restart sentineld.service sentinel-proxy@*.service;reset-failed docker.service;start docker.socket docker.service;"
docker_says 2 true
said=$(helper takeover)
contains "$said" "Docker was restarted, its containers run on" "takeover, with live-restore"
is "$(said_to)" "$places" "what systemd is told, in this order"
is "$(sed '/^#/d' $taken)" "$(printf '[Unit]\nWants=sentinel-proxy@docker.socket\n\n[Socket]\nListenStream=\nListenStream=/run/sentinel-engine/docker.sock\nSocketUser=root\nSocketGroup=sentinel-engine\nSocketMode=0660')" "Docker listens where nobody else comes"
is "$(cd /etc/systemd/system && grep -h '^[LE].*=' sentinel*/* | sort)" "$(printf 'Environment=SENTINEL_DOCKER=/run/sentinel-engine/docker.sock\nEnvironment=SENTINEL_DOCKER=/run/sentinel-engine/docker.sock\nListenStream=/run/docker.sock')" "... and the guard knows where"
contains "$(helper takeover)" "already" "a second time there is nothing to do"
is "$(said_to)" "" "... and systemd is told nothing"
behind() { ln -sf /run/docker.sock /run/sentinel-engine/docker.sock; }
mkdir /run/sentinel-engine
behind
docker_says 1 false
fails_with 1 "undo: containers that would stop" helper give-back
contains "$output" "sentinel socket takeover --undo --restart-docker" "... says how to let them"
contains "$(helper give-back --restart-docker)" "containers that ran were stopped" "undo, when they may"
is "$(said_to)" "${places}start sentinel-proxy@docker.socket;" "... the same steps, and the socket is where config.yaml has it"
is "$(units)" "$before" "... all is as it was, to the letter"
contains "$(helper give-back)" "has not the place" "a second time there is nothing to do"
docker_says 0 false
touch "$SENTINEL_HOST/stubborn"
fails_with 1 "a socket unit that goes on listening elsewhere" helper takeover
contains "$output" "it was put back as it was: docker.socket listens at more" "... is put back"
is "$(units)" "$before" "... wholly"
rm "$SENTINEL_HOST/stubborn"
echo "start docker.socket" > "$SENTINEL_HOST/breaks"
fails_with 1 "a Docker that does not start" helper takeover
contains "$output" "it could not be put back (systemctl start: it is broken)" "... is told"
is "$(units)" "$before" "... and the files are as they were"
echo "no such command" > "$SENTINEL_HOST/breaks"
helper takeover > /dev/null
behind
: > "$SENTINEL_HOST/show-DropInPaths"
helper give-back > /dev/null
is "$(said_to)" "$places" "a socket that config.yaml has no longer is not started"
echo '/run/systemd/generator/sentinel-proxy@docker.socket.d/50-config.conf' > "$SENTINEL_HOST/show-DropInPaths"
helper takeover > /dev/null
end_play
is "$(helper give-back)" "/run/docker.sock is Docker's own again" "undo, while Docker does not run"
is "$(said_to)" "stop sentinel-proxy@docker.socket sentinel-proxy@docker.service;daemon-reload;try-restart sentineld.service sentinel-proxy@*.service docker.socket;start sentinel-proxy@docker.socket;" "... starts it not"
play "$SENTINEL_HOST/dockerd" -c 'sleep 60; :' -H fd://
echo $played > "$SENTINEL_HOST/show-MainPID"
helper takeover > /dev/null
end_play
echo not-found > "$SENTINEL_HOST/show-LoadState"
succeeds "undo without Docker" helper give-back
is "$(said_to)$(units)" "daemon-reload;$before" "... takes the files away"
kill $engine
done_testing
