#!/bin/bash
# What a docker user sees: allowed and denied calls, and both in the audit trail.
. "$(dirname "$0")/begin.sh"

guard_policy production
guard_start
docker_start
image_import > /dev/null
run() { docker run --rm --network none --user 1000 --memory 64m "$@"; }

is "$(readlink /proc/self/ns/net | grep -cxF "$SENTINEL_OUTSIDE")" 0 "this host has a network of its own"
mkdir "$SENTINEL_HOST/bin"
printf '#!/bin/sh\necho "WARNING: of anything" >&2\necho kept >&2\nexit 3\n' > "$SENTINEL_HOST/bin/docker"
chmod 755 "$SENTINEL_HOST/bin/docker"
is "$(PATH=$SENTINEL_HOST/bin:$PATH docker 2>&1; echo $?)" "kept
3" "what docker warns of is not compared"
echo 0 > /proc/sys/net/ipv4/ip_forward
is "$(run busybox:1.36 echo the same 2>&1)" "the same" "... nor whether the kernel forwards"
echo 1 > /proc/sys/net/ipv4/ip_forward
is "$(stat -c %a $PLUGIN_SOCKET)" 600 "the plugin socket is root's alone"
chmod 666 $PLUGIN_SOCKET
is "$(setpriv --reuid 65534 --regid 65534 --clear-groups curl -s -o /dev/null -w '%{http_code}' --unix-socket $PLUGIN_SOCKET -X POST http://p/Plugin.Activate)" \
	000 "a peer that is not root gets no answer, whatever the socket's mode"
chmod 600 $PLUGIN_SOCKET
is "$(run busybox:1.36 echo from the container 2>&1)" "from the container" "a harmless container runs"

denial=$(docker run --rm --network none --privileged busybox:latest true 2>&1)
contains "$denial" "authorization denied by plugin sentinel: ⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)" "a privileged one is blocked at 65"
contains "$denial" "🚫 [CRITICAL] Privileged containers are not allowed" "the denial says why"
contains "$denial" " → Remove --privileged flag" "the denial says what to do"
id=$(denial_id "$denial")
is "$(journal | jq -r "select(.id == $id) | [.decision, .score, .policy, .image] | join(\" \")")" \
	"denied 65 production busybox:latest" "the denial's id is in the journal"

while IFS='|' read -r what part arguments; do
	read -ra words <<< "$arguments"
	contains "$(docker "${words[@]}" 2>&1)" "$part" "$what"
done <<'ROWS'
the host's root directory|BLOCKED BY SENTINEL|run --rm -v /:/host busybox:1.36 true
the docker socket|BLOCKED BY SENTINEL|run --rm -v /var/run/docker.sock:/s busybox:1.36 true
the docker socket by its other path|BLOCKED BY SENTINEL|run --rm --mount type=bind,src=/run/docker.sock,dst=/s busybox:1.36 true
the host's processes|BLOCKED BY SENTINEL|run --rm --pid host busybox:1.36 true
the host's network|BLOCKED BY SENTINEL|run --rm --network host busybox:1.36 true
a capability|BLOCKED BY SENTINEL|run --rm --cap-add SYS_ADMIN busybox:1.36 true
no seccomp|BLOCKED BY SENTINEL|run --rm --security-opt seccomp=unconfined busybox:1.36 true
a raw disk|BLOCKED BY SENTINEL|run --rm --device /dev/loop0 busybox:1.36 true
a swarm|BLOCKED BY SENTINEL|swarm init --advertise-addr 127.0.0.1
a foreign registry|BLOCKED BY SENTINEL|pull docker.io.evil.test/busybox:1
a volume that is a host path|BLOCKED BY SENTINEL|volume create -d local -o type=none -o o=bind -o device=/etc v
ROWS

container=$(run -d busybox:1.36 sleep 60)
is "$(docker exec --user 1000 "$container" echo inside)" inside "exec in a running container"
contains "$(docker exec --privileged "$container" id 2>&1)" "BLOCKED BY SENTINEL" "a privileged exec is blocked"
succeeds "docker ps" docker ps
succeeds "docker logs" docker logs "$container"
succeeds "docker kill" docker kill "$container"

api() { curl -s -o /dev/null -w '%{http_code}' --unix-socket "${DOCKER_HOST#unix://}" "$@"; }
is "$(api http://docker/_ping)" 200 "_ping is always allowed"
is "$(api -X POST -H 'Content-Type: application/json' http://docker/v1.41/containers/create \
	-d '{"Image":"busybox:1.36","HostConfig":{"Privileged":false,"privileged":true}}')" 403 "a body with a doubled key is refused"
is "$(api -X POST -H 'Content-Type: application/json' http://docker/v1.41/auth \
	-d '{"username":"u","password":"hunter2-body","serveraddress":"127.0.0.1:1"}')" 500 "a login is let through to its registry"
is "$(journal | grep -c hunter2-body)" 0 "the login's body is nowhere in the journal"
docker run --rm --network none -e TOKEN=hunter2-env --privileged busybox:1.36 true > /dev/null 2>&1
is "$(journal | grep -c hunter2-env)" 0 "values of environment variables are nowhere in the journal"
is "$(guard_log | grep -c hunter2)" 0 "nor in the log"

list=$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" audit list --limit 200)
contains "$list" "denied" "sentinel audit list shows the denials"
is "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json audit list --limit 1000 | jq '[.data.entries[] | select(.kind == "decision")] | length')" "$(journal | wc -l)" \
	"sentinel audit list has every decision of the journal"
done_testing
