#!/bin/bash
# Pins under the installed units, from the bus and polkit to Docker; kept ones when the machine starts; those of a session when it ends.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
in_host sentinel policy use production > /dev/null
host_guard_docker
host_image

project=/srv/disk/project
in_host install -d -o alice -g alice $project /srv/disk/database
in_host sh -c "echo secret > $project/secret && chmod 600 $project/secret"
in_project() { as alice sh -c "cd $project && $1"; }
run() { in_project "docker run --rm --network none \$(sentinel pin $1) busybox:1.36 $2 2>&1" | sed '/^WARNING: /d'; }
pins() { as alice sentinel --json pin list | jq -r ".data.pins[] | $1"; }
mounts() { in_host sh -c 'grep -c " /run/sentinel/pins/" /proc/self/mountinfo'; }

contains "$(in_project "docker run --rm -v $project:/w busybox:1.36 true 2>&1")" 'docker run $(sentinel pin --args .:/w) IMAGE' "who is denied a directory is told of pins"
is "$(run "--args .:/w" "sh -c 'busybox mkdir /w/out && echo built > /w/out/program && cat /w/out/program'")" built "an ordinary member of docker builds through a pin"
is "$(in_host stat -c %U:%G $project/out $project/out/program | sort -u)" alice:alice "... and what root of the container built is theirs"
contains "$(run "--args .:/w" "cat /w/secret")" "Permission denied" "... a file of root's, 0600, stays closed"
contains "$(run "--args .:/w" "busybox mknod /w/disk b 8 0")" "not permitted" "... no device node is made"
contains "$(run "--read-only --args .:/w" "sh -c 'echo x > /w/x'")" "Read-only" "... one for looking is"
is "$(in_project 'sentinel exec -- docker run --rm --network none -v $PWD:/w busybox:1.36 cat /w/out/program 2> /dev/null')" built "exec makes one by itself"
contains "$(as mallory sh -c "cd $project && sentinel pin 2>&1")" "belongs to somebody else" "nobody pins another user's directory"
contains "$(as alice sh -c "cd && sentinel pin 2>&1")" "not on the file system of this directory" "what is on an overlay cannot be pinned, and that is said"
is "$(as mallory sentinel --json pin list | jq -c .data.pins)" "[]" "another user is told of none"
in_host sh -c 'echo alice:300000:65536 >> /etc/subuid; echo alice:300000:65536 >> /etc/subgid; sed -i "/^alice:[12]/d" /etc/subuid /etc/subgid'
contains "$(in_host sentinel doctor)" "pins are not possible in the home directories of admin (overlay), alice (overlay)" "doctor says in whose home directories there can be none"

# The helper under its unit.
helper() { in_host systemctl show --value -p "$1" sentinel-pin.service; }
is "$(helper ActiveState)" active "the helper runs under its unit"
is "$(in_host sed -nE 's/^(CapBnd|CapEff|NoNewPrivs|Seccomp):\t//p' "/proc/$(helper MainPID)/status" | sort | tr '\n' ' ')" "00000000802000c0 00000000802000c0 1 2 " \
	"... with four capabilities and a list of system calls"
is "$(in_host readlink "/proc/$(helper MainPID)/ns/mnt")" "$(in_host readlink /proc/1/ns/mnt)" "... in the host's mount namespace"
is "$(in_host stat -c '%U %a' /run/sentinel-pin.sock /run/sentinel/pins /var/lib/sentinel-pins | tr '\n' ' ')" "sentinel 600 root 700 root 700 " "... which only the service asks, and only root sees"
for unit in sentinel-pin sentinel-pin-boot; do
	fails_with 0 "the exposure of $unit is 4.4 at most" in_host systemd-analyze security --no-pager --threshold=44 $unit.service
done

# Kept over starts of the machine, with a range of ids.
kept=$(as alice sentinel pin --keep --map subuid /srv/disk/database)
as alice docker run -d --name db --restart always --network none --cap-drop MKNOD -v "$kept:/data" busybox:1.36 sh -c \
	'[ -d /data/db ] || { busybox mkdir -m 700 /data/db && busybox chown 999:999 /data/db; }; echo start >> /data/starts; exec sleep 6000' > /dev/null 2>&1
as alice docker exec -u 999:999 db sh -c 'umask 77; echo row > /data/db/table' 2> /dev/null
is "$(in_host stat -c %u:%g:%a /srv/disk/database/db/table)" "300998:300998:600" "the process of a database writes by its owner's range of ids"
in_host kill -KILL "$(helper MainPID)"
answers() { [ -n "$(pins .path)" ]; }
succeeds "the helper was killed: it is started again" wait_for 20 answers
is "$(as alice docker restart -t 0 db 2>&1)" db "... and knows the pins"
in_host systemctl stop docker.service 2> /dev/null
sleep 7 # longer than LIMIT_EVENTS_RETRY_S: systemd listens for Docker, and whoever connects starts it
is "$(in_host systemctl is-active docker.service docker.socket | tr '\n' ' ')" "inactive active " "a Docker that was stopped is not started by the guard that waits for its events"
host_reboot
boot() { in_host systemctl show --value -p "$1" sentinel-pin-boot.service; }
is "$(boot Result) $(boot ActiveState) $(boot ExecMainStatus)" "success active 0" "the machine was started: what is kept was made again by its unit"
started() { in_host systemctl show --value -p "$2" "$1"; }
succeeds "... before Docker started" [ "$(boot ActiveEnterTimestampMonotonic)" -lt "$(started docker.service InactiveExitTimestampMonotonic)" ]
running() { [ "$(in_host docker inspect -f '{{.State.Running}}' db)" = true ]; }
succeeds "... which starts the container" wait_for 20 running
is "$(as alice docker exec -u 999:999 db cat /data/db/table 2>&1)" row "... with its directory"
is "$(in_host sort -u /srv/disk/database/starts)" start "... each time"
is "$(pins .path)" "$kept" "... and no other pin is there"
is "$(mounts)" 1 "... nor mounted"
in_host sh -c 'mv /srv/disk/database /srv/disk/moved && install -d -o alice -g alice /srv/disk/database'
host_reboot
contains "$(in_host journalctl -b --no-pager -u sentinel-pin-boot)" "another directory is there now" "with another directory in its place it is not made again, which the journal says"
is "$(pins .absent)" true "... and the list"
is "$(in_host docker inspect -f '{{.State.Running}}' db)" false "... Docker does not start the container"
is "$(in_host find /srv/disk/database /run/sentinel/pins -mindepth 1)" "" "... and makes nothing in its place"
in_host sh -c 'rmdir /srv/disk/database && mv /srv/disk/moved /srv/disk/database'
in_host docker rm -f db > /dev/null
none_left() { [ -z "$(pins .path)" ]; }
succeeds "with the container its pin is gone" wait_for 20 none_left

# With the last session.
before=$(as alice sentinel pin $project)
is "$(pins .session)" false "made in no session it is of none"
session() { # NAME: one that makes a pin, and lasts until its file goes
	in_host touch "/srv/disk/$1"
	in_session remote alice sh -c "sentinel pin $project > /tmp/pin-$1; while [ -e /srv/disk/$1 ]; do sleep 0.2; done" < /dev/null > /dev/null 2>&1 &
	wait_for 20 in_host test -s "/tmp/pin-$1"
}
listed() { [[ $'\n'$(pins .path)$'\n' == *$'\n'"$1"$'\n'* ]]; }
gone() { ! listed "$1"; }
session first
session second
first=$(in_host cat /tmp/pin-first) second=$(in_host cat /tmp/pin-second)
is "$(pins "select(.path == \"$first\").session")" true "made in a session it is of that user's sessions"
kept=$(as alice sentinel pin --keep $project)
in_host rm /srv/disk/first
one_left() { [ "$(in_host loginctl list-sessions --no-legend | grep -c alice)" -eq 1 ]; }
wait_for 20 one_left
succeeds "one session ended: both are there" listed "$first"
in_host rm /srv/disk/second
succeeds "the last one ended: they end" wait_for 30 gone "$first"
succeeds "... both" wait_for 5 gone "$second"
succeeds "... what was made in none does not" listed "$before"
succeeds "... nor what is kept" listed "$kept"
is "$(mounts)" 2 "... and nothing else is mounted"

in_host sh -c "cd / && sentinel authz uninstall > /dev/null && dpkg --purge docker-sentinel > /dev/null 2>&1"
is "$(mounts)" 0 "purged, nothing is mounted"
is "$(in_host sh -c 'ls -d /run/sentinel/pins/* /var/lib/sentinel-pins /run/sentinel-pin.sock 2> /dev/null')" "" "... and nothing is left"
done_testing
