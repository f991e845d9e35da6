#!/bin/bash
# What is said of the guard is true in every state, and asking for it changes nothing; a stop holds; nothing is left behind.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
is "$(in_host journalctl -b -u sentineld.service --no-pager | grep -c 'not on D-Bus')" 0 "the first start gets its name on the bus at once"
in_host sh -c 'mkdir -p /etc/docker && echo "{\"iptables\": false, \"bridge\": \"none\"}" > /etc/docker/daemon.json && systemctl restart docker.service'
host_image

plugin() { in_host sentinel --json doctor | jq -r '.data.checks[] | select(.name == "plugin") | .status + ": " + .message'; }
asked() { in_host sentinel --json authz status | jq -r '.data.docker // .error.code'; }
by_init() { in_host sentinel --json init --no-interactive | jq -r .data.docker_asks; }
info() { in_host docker info -f '{{.Plugins.Authorization}}' 2> /dev/null; }
units() { in_host systemctl is-active sentineld.service sentineld.socket | tr '\n' ' '; }
blocked() { [[ "$(as alice docker create --privileged busybox:1.36 true 2>&1)" == *"BLOCKED BY SENTINEL"* ]]; }
in_host sentinel policy use production > /dev/null
unguarded="failed: Docker does not ask Sentinel: nothing is guarded"
guarded="ok: Docker asks Sentinel about every call"

is "$(plugin)" "$unguarded" "never installed: doctor"
is "$(asked) $(by_init)" "unasked false" "... authz status and init"
contains "$(as mallory sentinel authz status)" "Docker does not ask Sentinel" "... also to who may not talk to Docker"

in_host sentinel authz install > /dev/null
is "$(info)" "[]" "installed just now: Docker's own account is an old one"
is "$(plugin)" "$guarded" "... doctor knows better"
is "$(asked) $(by_init)" "asked true" "... authz status and init"
succeeds "... and it is so" blocked

in_host systemctl restart docker.service
is "$(plugin) $(asked) $(by_init)" "$guarded asked true" "Docker restarted: all three"

in_host systemctl stop docker.socket docker.service
contains "$(plugin)" "failed: it is not known whether Docker asks Sentinel" "Docker does not run: doctor does not know"
is "$(asked) $(by_init)" "unknown null" "... nor authz status and init"
in_host systemctl start docker.socket docker.service
in_host sh -c 'kill -STOP $(cat /run/docker.pid)'
contains "$(plugin)" "failed: it is not known whether Docker asks Sentinel" "Docker hangs: doctor does not know"
is "$(asked)" "unknown" "... nor authz status"
in_host sh -c 'kill -CONT $(cat /run/docker.pid)'
is "$(asked)" "asked" "... and afterwards they do"

in_host sentinel authz uninstall > /dev/null
is "$(info)" "[sentinel]" "uninstalled just now: Docker's own account is an old one"
is "$(plugin)" "$unguarded" "... doctor knows better, without the service"
fails_with 3 "... and authz status" in_host sentinel authz status
contains "$output" "Docker does not ask Sentinel: nothing is guarded" "... too"
is "$(units)" "inactive inactive " "... and neither starts it"
in_host systemctl start sentineld.service
is "$(plugin) $(asked)" "$unguarded unasked" "... the same with the service"

# A stop, and all that could start the guard again.
in_host sentinel authz install > /dev/null
fails_with 0 "authz stop" in_host sentinel authz stop
began=$SECONDS
output=$(as alice docker ps 2>&1)
contains "$output" "DOCKER SENTINEL IS STOPPED" "Docker says that the guard is stopped"
contains "$output" "sudo sentinel authz start" "... and what to do"
contains "$(as alice docker run --rm busybox:1.36 true 2>&1)" "DOCKER SENTINEL IS STOPPED" "... of every call"
succeeds "... at once" [ $((SECONDS - began)) -lt 10 ]
fails_with 3 "authz status says so" as mallory sentinel authz status
contains "$output" "stopped by an administrator" "... in words"
contains "$(in_host sentinel --json authz status)" '"stopped"' "... and for programs"
is "$(plugin)" "failed: Docker denies everything: it is told to ask Sentinel, which does not run" "... and doctor"
fails_with 3 "policy list does not start it" as mallory sentinel policy list
contains "$output" "sudo sentinel authz start" "... and says who does"
as mallory busctl get-property "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Manager State > /dev/null 2>&1
as mallory busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Policies List > /dev/null 2>&1
as mallory busctl call org.freedesktop.DBus / org.freedesktop.DBus StartServiceByName su "${sentinel_bus[0]}" 0 > /dev/null 2>&1
as mallory gdbus introspect --system --dest "${sentinel_bus[0]}" --object-path "${sentinel_bus[1]}" > /dev/null 2>&1
is "$(units)" "inactive inactive " "nor does whatever else is asked of it on the bus"
in_host systemctl restart docker.service
is "$(units)$(in_host systemctl is-active docker.service)" "inactive inactive active" "nor a start of Docker's"
contains "$(as alice docker ps 2>&1)" "DOCKER SENTINEL IS STOPPED" "... which asks what is there"
fails_with 4 "a user may not start it" as alice sentinel --no-ask-password authz start
fails_with 0 "an administrator may" in_host sentinel authz start
is "$(units)$(in_host systemctl is-active sentinel-stopped.service)" "active active inactive" "... and it runs, alone"
is "$(asked)" "asked" "... and is asked"
succeeds "... and blocks" blocked
in_host sentinel authz stop > /dev/null
host_reboot
is "$(units)$(asked)" "active active asked" "stopped, then booted: it runs"
in_host sentinel authz stop > /dev/null
fails_with 0 "stopped, then installed" in_host sentinel authz install
is "$(units)$(asked)" "active active asked" "... it runs"
in_host sentinel authz stop > /dev/null
fails_with 0 "stopped, then uninstalled" in_host sentinel authz uninstall
fails_with 0 "... Docker works on" in_host docker create --privileged busybox:1.36 true
is "$(in_host systemctl is-enabled sentineld.service)$(in_host systemctl is-active sentinel-stopped.socket)" "disabledinactive" "... and nothing is masked, nothing answers"

# The builder's entitlements: in the file at once, in force when Docker has started with it.
builder() { in_host sentinel --json doctor | jq -r '.data.checks[] | select(.name == "builder") | .message'; }
before=$(in_host cat /etc/docker/daemon.json)
in_host systemctl restart docker.service # its file was changed since it started, and nobody was there to know
in_host systemctl start sentineld.service
contains "$(builder)" "a build the host's network" "doctor says what Docker's builder gives"
# On a terminal it asks for that by itself.
asked() { in_host sh -c "echo $1 | script -qec 'sentinel authz install' /dev/null"; } # ANSWER
contains "$(asked n)" "Take that from Docker's builder?" "on a terminal install asks"
is "$(in_host jq -c .builder /etc/docker/daemon.json)" null "... and no is no"
contains "$(asked y)" "when Docker has been restarted" "... and yes says when it counts"
is "$(in_host jq -c .builder.entitlements /etc/docker/daemon.json)" '{"network-host":false,"security-insecure":false}' "... and does it"
contains "$(in_host sentinel authz install --builder)" "when Docker has been restarted" "install --builder says when it counts"
is "$(in_host jq -c '[.builder, ."authorization-plugins", .bridge]' /etc/docker/daemon.json)" '[{"entitlements":{"network-host":false,"security-insecure":false}},["sentinel"],"none"]' "... and is in the file"
contains "$(builder)" "a build the host's network" "... before that what Docker started with is in force, and doctor knows it"
in_host systemctl restart docker.service
contains "$(builder)" "neither the host's network nor processes without confinement" "... after it it does"
fails_with 0 "... twice is fine" in_host sentinel authz install --builder
in_host sentinel authz uninstall > /dev/null
is "$(in_host cat /etc/docker/daemon.json)" "$before" "uninstall takes it out again, to the byte"
fails_with 1 "... and its note" in_host test -e /etc/docker/daemon.json.builder-sentinel
in_host sh -c 'echo "{\"iptables\": false, \"bridge\": \"none\", \"builder\": {\"entitlements\": {\"network-host\": true}}}" > /etc/docker/daemon.json && systemctl restart docker.service'
fails_with 3 "what the file says itself is not overwritten" in_host sentinel authz install --builder
contains "$output" "set by hand" "... but named"

# Whoever asks the witness may be gone before it answers.
in_host sh -c 'echo "{\"iptables\": false, \"bridge\": \"none\"}" > /etc/docker/daemon.json && systemctl restart docker.service'
in_host sentinel authz install > /dev/null
for _ in $(seq 12); do
	in_host sh -c 'for i in 1 2 3 4 5 6; do docker volume create truth > /dev/null 2>&1 & done; systemctl reset-failed sentineld.service; systemctl restart sentineld.service; wait'
done
is "$(in_host systemctl --failed --no-legend --plain | awk '{ print $1 }')" "" "twelve restarts under load leave no failed unit"
is "$(in_host systemctl is-system-running)" running "... the system runs"

is "$(in_host id -nG sentinel | tr ' ' '\n' | grep -cx docker)" 0 "the service's user may not talk to Docker"
contains " $(in_host sh -c 'grep ^Groups: /proc/$(systemctl show -P MainPID sentineld.service)/status' | tr '\t\n' '  ')" \
	" $(in_host getent group docker | cut -d: -f3) " "... the service may"
fails_with 0 "the package can be purged" in_host dpkg --purge docker-sentinel
fails_with 1 "... then the service is gone" in_host systemctl cat sentineld.service
done_testing
