#!/bin/bash
# Whoever uses a container that is there is judged with what it has: every use, against containers that were made while a policy
# allowed everything, and against harmless ones.
. "$(dirname "$0")/begin.sh"

guard_policy permissive
guard_start
docker_start
image_import > /dev/null
tree=$SENTINEL_HOST/tree
mkdir -p "$tree/checkpoints/victim"
policy() {
	echo "active_policy: $1" > "$SENTINEL_HOST/guard/config.yaml"
	wait_for 10 guard_logged "policy $1 (enforce) is in force, generation $2" || bail_out "policy $1 did not come into force"
}
# The status of a call to Docker's socket.
call() { # METHOD TARGET [BODY]
	local body=()
	[ $# -lt 3 ] || body=(-H 'Content-Type: application/json' -d "$3")
	curl -s -m 20 -o /dev/null -w '%{http_code}' --unix-socket "${DOCKER_HOST#unix://}" -X "$1" "${body[@]}" "http://d/v1.41$2"
}
denied() { is "$(call "${@:2}")" 403 "$1"; }
passes() { # whatever Docker itself says of it
	local status ok=yes
	status=$(call "${@:2}")
	case $status in 403 | 000) ok=no ;; esac
	tap_result $ok "$1" "status $status"
}

docker run -d --name evil -v /etc:/h:ro --network none busybox:1.36 sleep 600 > /dev/null
docker run -d --name privileged --privileged --network none busybox:1.36 sleep 600 > /dev/null
docker run -d --name good --user 1000 --memory 64m --network none busybox:1.36 sleep 600 > /dev/null
docker create --name "$(printf 'x%.0s' {1..600})" -v /etc:/h:ro --network none busybox:1.36 sleep 1 > /dev/null
cat > "$SENTINEL_HOST/guard/policies/excepted.yaml" << 'END'
name: excepted
mode: enforce
rules:
  privileged:
    action: block
    exceptions: [{ names: ["ci-*"], reason: builds need it }]
  host_namespaces:
    pid: { action: block, exceptions: [{ names: ["ci-*"], reason: it looks at the host }] }
    ipc: { action: block, exceptions: [{ names: ["ci-*"], reason: it shares memory }] }
  security_options: { action: block, allowed: [no-new-privileges] }
END
# Made by somebody who might, and not started yet.
exec_made() { curl -s --unix-socket "${DOCKER_HOST#unix://}" -H 'Content-Type: application/json' -d "$2" "http://d/v1.41/containers/$1/exec" | sed 's/.*"Id":"\([0-9a-f]*\)".*/\1/'; }
as_host=$(exec_made good '{"Cmd":["id"],"Privileged":true}') in_evil=$(exec_made evil '{"Cmd":["cat","/h/shadow"]}') harmless=$(exec_made good '{"Cmd":["id"],"AttachStdout":true}')
policy production 2

uses=(
	"POST /containers/NAME/restart?t=0" "POST /containers/NAME/start" "POST /containers/NAME/attach?stdout=1&logs=1" "GET /containers/NAME/archive?path=/h"
	"HEAD /containers/NAME/archive?path=/h" "PUT /containers/NAME/archive?path=/tmp" "GET /containers/NAME/export" "POST /commit?container=NAME&repo=copy"
	"POST /containers/NAME/unpause" "POST /containers/NAME/rename?name=NAME-2" "GET /containers/NAME/attach/ws" "GET /containers/NAME/checkpoints"
	"DELETE /containers/NAME/checkpoints/none"
)
for use in "${uses[@]}"; do
	for name in evil privileged; do
		denied "$name: $use" "${use%% *}" "$(sed "s/NAME/$name/g" <<< "${use#* }")"
	done
done
# Docker takes a name before the beginning of an id: renamed in the right moment, this one would be judged and evil used.
beginning=$(docker inspect -f '{{slice .Id 0 12}}' evil)
docker create --name "$beginning" --user 1000 --memory 64m --network none busybox:1.36 sleep 1 > /dev/null
for use in "${uses[@]}"; do
	denied "a name with which evil's id begins: $use" "${use%% *}" "$(sed "s/NAME/$beginning/g" <<< "${use#* }")"
done
contains "$(docker run --rm --network none --user 1000 --memory 64m --volumes-from "$beginning" busybox:1.36 true 2>&1)" "say the whole id" "... whose volumes are taken"
passes "... by its own id" GET "/containers/$(docker ps -aq --no-trunc --filter "name=^$beginning\$")/archive?path=/bin"
is "$(docker rm "$beginning")" "$beginning" "... and it can be removed"
denied "evil: exec" POST /containers/evil/exec '{"Cmd":["id"]}'
denied "evil: update" POST /containers/evil/update '{"RestartPolicy":{"Name":"always"}}'
denied "evil: checkpoint" POST /containers/evil/checkpoints '{"CheckpointID":"a"}'
denied "a name of 600 characters" POST "/containers/$(printf 'x%.0s' {1..600})/start"
denied "a name of two segments" GET /containers/a/evil/archive?path=/h
denied "good: a process as root of the host, made before" POST "/exec/$as_host/start" '{"Detach":true}'
denied "evil: a process that was made before" POST "/exec/$in_evil/start" '{"Detach":true}'
is "$(call POST "/exec/$harmless/start" '{"Detach":true}')" 200 "good: a process that was made before"
denied "good: started from a checkpoint that leads out of Docker's directory" POST "/containers/good/start?checkpoint=../../../../../../tmp/mine"
denied "good: a process as root of the host" POST /containers/good/exec '{"Cmd":["id"],"Privileged":true}'
denied "good: a checkpoint in a directory of the host" POST /containers/good/checkpoints '{"CheckpointID":"a","CheckpointDir":"/etc/cron.d"}'
denied "good: a directory of the host removed as a checkpoint" DELETE "/containers/good/checkpoints/cron.d?dir=/etc"
denied "good: checkpoints listed where they are not" GET "/containers/good/checkpoints?dir=/root"
denied "good: started from a directory of the host" POST "/containers/good/start?checkpoint=a&checkpoint-dir=/root"

is "$(docker cp good:/etc/hostname - | tar xO | wc -l)" 1 "good: docker cp out of it"
echo text > "$tree/file"
succeeds "good: docker cp into it" docker cp "$tree/file" good:/tmp/file
is "$(docker exec good cat /tmp/file)" text "good: exec"
is "$(docker export good | tar t | grep -c '^bin/busybox$')" 1 "good: export"
succeeds "good: commit" docker commit good copy:1
succeeds "good: update" docker update --memory 128m --memory-swap 128m good
succeeds "good: rename" docker rename good better
succeeds "good: pause and unpause" eval 'docker pause better && docker unpause better'
succeeds "good: restart" docker restart -t 0 better
passes "good: list of checkpoints" GET /containers/better/checkpoints
for read in json logs?stdout=1 top changes stats?stream=0; do
	passes "evil: $read looks at it only" GET "/containers/evil/$read"
done
passes "evil: it can be stopped" POST "/containers/evil/stop?t=0"
passes "evil: and removed" DELETE "/containers/evil?force=1"

# Where this guard has its files, and Docker its socket, is not where it usually is.
cat > "$SENTINEL_HOST/guard/policies/own.yaml" << 'END'
name: own
mode: enforce
rules:
  mounts: { action: block, block_engine_files: true }
END
policy own 3
ln -s "$SENTINEL_HOST/guard" "$tree/link"
for place in guard guard/audit guard/policies/own.yaml docker.sock tree/link data . ; do
	contains "$(docker run --rm -v "$SENTINEL_HOST/$place:/h:ro" --network none busybox:1.36 true 2>&1)" "Docker's own or its guard's" "a mount of $place"
done
mkdir "$SENTINEL_HOST/guard-2"
is "$(docker run --rm -v "$SENTINEL_HOST/guard-2:/h" --network none busybox:1.36 echo runs 2>&1)" runs "a mount of what lies beside it"

# What Docker itself writes into a container (label=disable) is nobody's wish.
policy excepted 4
for option in --privileged "--pid host" "--ipc host"; do
	# shellcheck disable=SC2086
	is "$(docker run --rm $option --network none --name ci-1 busybox:1.36 echo runs 2>&1 | grep -c BLOCKED)" 0 "$option, by an exception: it starts (as far as the guard is asked)"
	# shellcheck disable=SC2086
	contains "$(docker run --rm $option --network none --name other busybox:1.36 echo runs 2>&1)" "BLOCKED BY SENTINEL" "$option, without one"
done
contains "$(docker run --rm --security-opt label=disable --network none --name ci-2 busybox:1.36 true 2>&1)" "BLOCKED BY SENTINEL" "label=disable, as somebody's wish"

# What the administrator chose for everybody stands in every container, and is nobody's wish.
guard_policy permissive
wait_for 10 guard_logged "generation 5" || bail_out "policy permissive did not come into force"
docker_stop
docker_start --log-driver gelf --log-opt gelf-address=udp://127.0.0.1:9 --add-runtime mine=/usr/bin/runc --default-runtime mine
docker run -d --name theirs --log-driver syslog --log-opt syslog-address=udp://127.0.0.1:9 --user 1000 --memory 64m --network none busybox:1.36 sleep 600 > /dev/null
is "$(docker inspect -f '{{.HostConfig.LogConfig.Type}} {{.HostConfig.Runtime}}' theirs)" "syslog mine" "Docker writes its default runtime into a container"
policy production 6
succeeds "a container with Docker's own log driver and runtime is made and started" docker run -d --name ours --user 1000 --memory 64m --network none busybox:1.36 sleep 600
is "$(docker inspect -f '{{.HostConfig.LogConfig.Type}} {{.HostConfig.Runtime}}' ours)" "gelf mine" "which Docker wrote into it"
is "$(docker exec ours echo runs 2>&1)" runs "it is entered"
succeeds "it is started again" docker restart -t 0 ours
succeeds "by name it is the same" docker create --runtime mine --log-driver gelf --user 1000 --memory 64m --network none busybox:1.36 true
contains "$(docker exec theirs true 2>&1)" "log driver" "another driver is still somebody's wish"
contains "$(docker create --runtime io.containerd.runc.v1 --user 1000 --network none busybox:1.36 true 2>&1)" "BLOCKED BY SENTINEL" "another runtime as well"
done_testing
