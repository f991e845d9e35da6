#!/bin/bash
# The installed service: how it is started, what it survives, and that Docker never notices.
set -uo pipefail
. "$(dirname "$0")/host.sh"
host_boot
host_install

contains "$(in_host systemctl is-active sentineld.socket sentineld.service | tr '\n' ' ')" "active active" "installed: socket and service are active"
is "$(in_host systemctl is-enabled sentineld.socket sentineld.service | tr '\n' ' ')" "enabled enabled " "installed: both are enabled"
is "$(in_host stat -c '%U %a' /run/docker/plugins/sentinel.sock)" "root 600" "the socket is root's"
is "$(in_host ps -o user= -p "$(main_pid)")" "sentinel" "the service has a user of its own"
is "$(in_host readlink /etc/sentinel/audit /etc/sentinel/cache | tr '\n' ' ')" "/var/lib/sentinel/audit /var/cache/sentinel " "the old paths are links"
is "$(property State)" '"serving"' "it serves on the bus"

in_host systemctl stop sentineld.service 2> /dev/null
is "$(property State)" '"serving"' "a call on the bus starts it"
in_host systemctl stop sentineld.service 2> /dev/null
contains "$(in_host curl -s --unix-socket /run/docker/plugins/sentinel.sock -X POST http://x/Plugin.Activate)" authz "a call on the plugin socket starts it"

contains "$(in_host busctl introspect "${sentinel_bus[@]}")" ".AuditQuery" "busctl introspects"
contains "$(in_host busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Policies Check s 'name: x')" "a(suuss) " "busctl calls"

in_host sh -c 'echo "active_policy: production" > /etc/sentinel/config.yaml'
wait_for 10 test "$(property Mode)" = '"enforce"' || sleep 1
is "$(property Mode)" '"enforce"' "a changed configuration is in force"
host_guard_docker
host_image
harmless() { as alice docker run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine 2>&1 | grep -v WARNING; }
blocked() { [[ "$(as alice docker create --privileged busybox:1.36 2>&1)" == *"BLOCKED BY SENTINEL"* ]]; }
is "$(harmless)" fine "a member of the group docker runs a harmless container"
succeeds "... and is blocked with a privileged one" blocked
contains "$(as mallory docker ps 2>&1)" "permission denied" "who is not in the group does not reach Docker"

# Where host paths lead is judged as Docker would see it.
as alice ln -s /var/run/docker.sock /home/alice/link
as alice ln -s /etc /tmp/link
contains "$(as alice docker create -v /home/alice/link:/x busybox:1.36 2>&1)" "BLOCKED" "a link in a home is followed"
contains "$(as alice docker create -v /tmp/link:/x busybox:1.36 2>&1)" "BLOCKED" "a link in /tmp is followed"
in_host chmod 700 /home/alice
contains "$(as alice docker create -v /home/alice/link:/x busybox:1.36 2>&1)" "BLOCKED" "... also where only its owner may look"

in_host docker run -d --name lasting --network none --user 1000 --memory 64m busybox:1.36 sleep 600 > /dev/null 2>&1
lasts() { [ "$(in_host docker inspect -f '{{.State.Running}}' lasting)" = true ]; }
docker_pid=$(in_host systemctl show --value -p MainPID docker.service)

before=$(main_pid)
in_host systemctl reload sentineld.service
is "$(main_pid)" "$before" "reload: the same process"
succeeds "... that blocks" blocked

# While the service is away requests wait at the socket.
(for _ in $(seq 30); do harmless; done) > "$host/answers" 2>&1 &
for _ in 1 2 3; do in_host systemctl restart sentineld.service; done
wait $!
is "$(sort "$host/answers" | uniq -c | awk '{ print $1, $2 }')" "30 fine" "restarts: every request that came meanwhile was answered"

before=$(main_pid)
in_host kill -KILL "$before"
is "$(harmless)" fine "killed: the next request is answered"
succeeds "... and blocked where it must be" blocked
succeeds "killed: it runs again, as another process" [ "$(main_pid)" != "$before" ]

before=$(main_pid)
in_host kill -STOP "$before"
is "$(harmless)" fine "hung: the watchdog ends it, the request waited and is answered"
is "$(in_host journalctl -b -u sentineld.service --no-pager | grep -c 'Watchdog timeout')" 1 "... and the journal says so"

in_host systemctl stop polkit.service
succeeds "polkit stopped: decisions go on" blocked
in_host systemctl restart dbus.service
sleep 1
succeeds "bus restarted: decisions go on" blocked
succeeds "bus restarted: the service is back on it" wait_for 40 property State
succeeds "containers ran on all the time" lasts
is "$(in_host systemctl show --value -p MainPID docker.service)" "$docker_pid" "Docker was never restarted"

journal=$(in_host journalctl -b -x --no-pager -u sentineld.service SENTINEL_DECISION=denied)
contains "$journal" "Docker request denied" "journalctl -x explains a denial"
contains "$journal" "under the policy production (rule privileged" "... with its policy and rule"
is "$(in_host docker info -f '{{.Plugins.Authorization}}')" "[sentinel]" "Docker has the plugin"
done_testing
