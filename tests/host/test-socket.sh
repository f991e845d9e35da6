#!/bin/bash
# A socket of Sentinel's on a booted Debian, by its units: whose it is, what goes through their sandbox, and what they do when the guard or Docker is gone.  Docker itself
# does not ask the plugin.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
LONG=100000 # of a create: its body is more than goes to the judge in a message
host_boot
host_install
in_host sentinel policy use production > /dev/null
host_image

socket=/run/sentinel/tools.sock
through() { # USER WORDS...
	local user=$1
	shift
	as "$user" docker --host "unix://$socket" "$@" 2>&1 | grep -v "^WARNING: Your kernel"
}
run=(run --rm --network none --user 1000 --memory 64m)
records() { in_host cat /var/lib/sentinel/audit/audit.jsonl | jq -r "select(.endpoint == \"container.create\") | $1"; }

is "$(in_host sh -c 'ls /run/sentinel/*.sock 2> /dev/null')" "" "installed: there is no socket but by an administrator"
sockets() { # LINES: what config.yaml says
	printf 'active_policy: production\nsockets:\n%s\n' "$1" | in_host sh -c 'cat > /etc/sentinel/config.yaml; systemctl daemon-reload; systemctl start sentinel-proxy@tools.socket sentinel-proxy@box.socket'
}
sockets '  tools: {group: docker}
  box: {identity: fixed, mode: 0666}'
is "$(in_host stat -c '%U %G %a' $socket)" "root docker 660" "named: it is for the group docker"
is "$(in_host stat -c '%U %G %a' /run/sentinel/fixed /run/sentinel/fixed/box.sock | xargs)" "root root 700 root root 666" "a fixed one is where only root comes"
fails_with 1 "... nobody else does" as mallory docker --host unix:///run/sentinel/fixed/box.sock version
known() { [ "$(through alice version --format '{{.Server.Os}}')" = linux ]; }
succeeds "the guard has read it" wait_for 20 known
is "$(through alice "${run[@]}" busybox:1.36 echo fine)" fine "run: what the policy allows"
is "$(records '[.user, .socket, .program, .decision] | join(" ")' | tail -1)" "alice tools docker allowed" "... is in the trail with who, where and by what"
contains "$(through alice "${run[@]}" --privileged busybox:1.36 echo no)" "BLOCKED BY SENTINEL" "run: what it denies is denied, though Docker asks no plugin"
is "$(records '[.user, .socket, .decision] | join(" ")' | tail -1)" "alice tools denied" "... and is in the trail"
is "$(through alice "${run[@]}" --label "long=$(head -c $LONG /dev/zero | tr '\0' a)" busybox:1.36 echo long)" long "run: a long body"
through alice run -d --name lasting --network none --user 1000 --memory 64m busybox:1.36 sleep 600 > /dev/null
is "$(echo there | through alice exec -i lasting cat)" there "exec: both ways"
fails_with 1 "who is not in the group does not reach it" as mallory docker --host "unix://$socket" ps
contains "$output" "permission denied" "... the kernel says so"
is "$(in_host systemctl show -p User --value sentinel-proxy@tools.service)" sentinel-proxy "its process has a user of its own"
pid=$(in_host systemctl show -p MainPID --value sentinel-proxy@tools.service)
is "$(in_host sed -n 's/^\(CapEff\|NoNewPrivs\|Seccomp\):\t//p' "/proc/$pid/status" | tr '\n' ' ')" "0000000000000000 1 2 " "... no capability, no way to one, and a filter"
contains "$(in_host systemd-run --quiet --wait --collect --pipe -p PrivateTmp=yes docker --host "unix://$socket" ps 2>&1)" "knows who calls only on this machine itself" "who has mounts of his own is nobody here"

in_host systemctl stop sentineld.socket sentineld.service 2> /dev/null
contains "$(in_host timeout 5 docker --host "unix://$socket" ps 2>&1)" "sentinel" "without the guard it refuses at once"
is "$(in_host docker ps -q | wc -l)" 1 "... and Docker itself goes on"
in_host systemctl start sentineld.socket sentineld.service
is "$(through alice "${run[@]}" busybox:1.36 echo again)" again "with the guard it is there again"
in_host systemctl kill -s KILL sentinel-proxy@tools.service
again() { [ "$(through alice "${run[@]}" busybox:1.36 echo anew)" = anew ]; }
succeeds "killed, it is started by the next call" wait_for 20 again
fails_with 1 "a configuration with an error makes no unit" in_host sh -c 'mkdir /tmp/units; printf "sockets: {a: {grup: x}}\n" > /tmp/bad.yaml; /usr/lib/systemd/system-generators/sentinel-generator /tmp/units /tmp/units /tmp/units /tmp/bad.yaml 2> /dev/null'
is "$(in_host ls /tmp/units)" "" "... nor a part of one"
in_host systemctl stop sentinel-proxy@tools.socket sentinel-proxy@tools.service
fails_with 1 "stopped: the socket is gone" in_host test -e $socket

# Docker's place.
units() { in_host sh -c "cd /etc/systemd/system && find . -type d -o -type l -printf '%p %l\n' -o -printf '%p %m ' -exec sha256sum {} \; | sort"; }
usual() { as alice docker "$@" 2>&1 | grep -v "^WARNING: Your kernel"; }
before=$(units)
own=$(in_host stat -c '%U %G %a' /run/docker.sock)
fails_with 3 "takeover: no socket of that name" in_host sentinel socket takeover
contains "$output" "sockets: {docker: {group: docker}}" "... says what config.yaml needs"
printf 'active_policy: production\nsockets:\n  docker: {group: docker}\n' | in_host sh -c 'cat > /etc/sentinel/config.yaml; systemctl daemon-reload'
fails_with 3 "takeover: lasting would stop" in_host sentinel socket takeover
contains "$output" "1 running containers would stop: put \"live-restore\": true" "... which is said"
is "$(units)" "$before" "... and nothing is changed"
in_host sh -c 'echo "{\"live-restore\": true}" > /etc/docker/daemon.json'
in_host systemctl reload docker
kept() { in_host docker info --format '{{.LiveRestoreEnabled}}' | grep -q true; }
wait_for 10 kept
lasting=$(in_host docker inspect --format '{{.State.Pid}} {{.State.StartedAt}}' lasting)
fails_with 0 "takeover, with live-restore" in_host sentinel socket takeover
contains "$output" "its containers run on" "... says so"
is "$(in_host stat -c '%U %G %a' /run/docker.sock /run/sentinel-engine /run/sentinel-engine/docker.sock | tr '\n' ' ')" "root docker 660 root sentinel-engine 710 root sentinel-engine 660 " "whose what is"
is "$(usual inspect --format '{{.State.Pid}} {{.State.StartedAt}}' lasting)" "$lasting" "the container is the same process, at Docker's usual socket"
is "$(usual "${run[@]}" busybox:1.36 echo there)" there "run: what the policy allows"
is "$(records '[.user, .socket, .program, .decision] | join(" ")' | tail -1)" "alice docker docker allowed" "... with who, certainly"
contains "$(usual "${run[@]}" --privileged busybox:1.36 echo no)" "BLOCKED BY SENTINEL" "run: what it denies is denied, with nothing to configure"
fails_with 1 "the group docker does not reach Docker itself" as alice docker --host unix:///run/sentinel-engine/docker.sock ps
contains "$output" "permission denied" "... the kernel says so"
contains "$(in_host sentinel doctor 2>&1)" "✓ docker" "the guard asks Docker behind it"
in_host sentinel authz stop > /dev/null
fails_with 1 "without the guard everybody is refused" as alice timeout 5 docker ps
contains "$(in_host sentinel doctor 2>&1)" "Docker's socket is Sentinel's, which does not run" "... and doctor says why"
in_host sentinel authz start > /dev/null
in_host systemctl restart docker
is "$(usual "${run[@]}" busybox:1.36 echo again)" again "Docker restarted: it is as before"
is "$(usual inspect --format '{{.State.Pid}}' lasting)" "${lasting%% *}" "... and so is the container"
fails_with 1 "who removes the package while containers would stop" in_host sh -c 'echo "{\"live-restore\": false}" > /etc/docker/daemon.json; systemctl reload docker && until docker info --format "{{.LiveRestoreEnabled}}" | grep -q false; do sleep 0.1; done; dpkg -r docker-sentinel'
contains "$output" "sentinel socket takeover --undo --restart-docker" "... is told what to do"
in_host sh -c 'echo "{\"live-restore\": true}" > /etc/docker/daemon.json'
in_host systemctl reload docker
wait_for 10 kept
fails_with 0 "undo" in_host sentinel socket takeover --undo
is "$(units)" "$before" "... is exact"
is "$(in_host stat -c '%U %G %a' /run/docker.sock) $(in_host sh -c 'ls /run/sentinel-engine')" "$own " "... the socket is Docker's own again"
is "$(in_host stat -c %G /run/sentinel/docker.sock)" docker "... and the other one where config.yaml has it"
is "$(usual inspect --format '{{.State.Pid}}' lasting)" "${lasting%% *}" "... and the container still the same"
is "$(usual run --rm --network none -v /etc:/e:ro busybox:1.36 echo free)" free "without it nobody is asked"
fails_with 0 "takeover once more, right after" in_host sentinel socket takeover
in_host bash -c 'DPKG_MAINTSCRIPT_PACKAGE=docker.io DPKG_MAINTSCRIPT_NAME=postinst /var/lib/dpkg/info/docker.io.postinst configure "$(dpkg-query -W -f "\${Version}" docker.io)"' > /dev/null
is "$(usual "${run[@]}" busybox:1.36 echo upgraded)" upgraded "an upgrade of Docker's package leaves it"
host_reboot
booted() { [ "$(usual "${run[@]}" busybox:1.36 echo booted)" = booted ]; }
succeeds "it is there after a boot" wait_for 30 booted
contains "$(usual "${run[@]}" --privileged busybox:1.36 echo no)" "BLOCKED BY SENTINEL" "... and asks"

is "$(in_host journalctl -b -x --no-pager -u 'sentinel-proxy@*.service' | grep -ci 'audit\|EPERM\|not permitted')" 0 "its sandbox stood in its way nowhere"
fails_with 0 "removing the package" in_host dpkg --purge docker-sentinel
is "$(in_host stat -c '%U %G %a' /run/docker.sock) $(in_host sh -c 'find /etc/systemd/system -name "*sentinel*"')" "$own " "... gives Docker its place back first"
done_testing
