#!/bin/bash
# The installed service: how it is started, what it survives, and that Docker never notices.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
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

is "$(in_host systemctl show -P Id docker-sentinel)" sentineld.service "the unit has the other name that people type"
contains "$(in_host busctl introspect "${sentinel_bus[@]}")" ".AuditQuery" "busctl introspects"
contains "$(in_host busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Policies Check s 'name: x')" "a(suuss) " "busctl calls"

in_host sh -c 'echo "active_policy: production" > /etc/sentinel/config.yaml'
mode_is() { [ "$(property Mode)" = "\"$1\"" ]; }
succeeds "a changed configuration is in force" wait_for 10 mode_is enforce
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


# What paths are is seen by a service with a mount namespace of its own and one capability, made after it was started, too.
in_host mkdir -m 755 /srv/open /srv/alias /srv/quiet
in_host mkdir -m 700 /srv/closed
in_host mkdir -m 755 /srv/closed/data
in_host mount --bind /root /srv/alias
in_host mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /srv/quiet
creates() { [[ "$(as alice docker create --network none --memory 64m -v "$1:/x${2:-}" busybox:1.36 id 2>&1 | grep -v ^WARNING:)" =~ ^[0-9a-f]{64}$ ]]; }
succeeds "a trusted directory may be looked at" creates /srv/open :ro
contains "$(as alice docker create -v /srv/open:/x busybox:1.36 2>&1)" "root's rights: /srv/open" "... not written by root where people come to"
succeeds "... but below one that is closed" creates /srv/closed/data
succeeds "... or on a mount that is nosuid and nodev" creates /srv/quiet
contains "$(as alice docker create -v /srv/alias:/x:ro busybox:1.36 2>&1)" "Mounting /root" "a bind mount of a blocked directory is that directory"
in_host chown alice: /srv/open
contains "$(as alice docker create -v /srv/open/new:/x:ro busybox:1.36 2>&1)" "Others than root" "what a user can exchange is not mounted"

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

# A crash that comes again and again is no reason to give up: Docker would deny everything from then on.
runs_again() { ! [[ "$(main_pid)" =~ ^(0|$before)$ ]]; }
for _ in $(seq 10); do
	before=$(main_pid)
	in_host kill -KILL "$before"
	wait_for 10 runs_again || break
done
is "$(in_host systemctl show --value -p NRestarts sentineld.service | awk '{ print ($1 >= 10) }')" 1 "killed ten times in a row: it was started each time"
wait_for 10 in_host systemctl is-active --quiet sentineld.service
is "$(in_host systemctl is-active sentineld.socket sentineld.service | tr '\n' ' ')" "active active " "... socket and service are active"
is "$(harmless)" fine "... and Docker works"
succeeds "... and blocks" blocked

before=$(main_pid)
in_host kill -STOP "$before"
answer=$(harmless)
# The docker command of newer Dockers gives up when its ping is not answered; nothing was done then, and the next one is answered.
[[ "$answer" != *"/_ping, check if the server supports"* ]] || answer=$(harmless)
is "$answer" fine "hung: the watchdog ends it, the request waited and is answered"
is "$(in_host journalctl -b -u sentineld.service --no-pager | grep -c 'Watchdog timeout')" 1 "... and the journal says so"

in_host systemctl stop polkit.service
succeeds "polkit stopped: decisions go on" blocked
in_host systemctl restart dbus.service
succeeds "bus restarted: decisions go on" blocked
succeeds "bus restarted: the service is back on it" wait_for 40 property State
succeeds "containers ran on all the time" lasts
is "$(in_host systemctl show --value -p MainPID docker.service)" "$docker_pid" "Docker was never restarted"

in_host sh -c 'timeout 20 sentinel audit tail --decision denied' > "$host/tail" 2>&1 &
told() { blocked && grep -q -- "--privileged busybox" "$host/tail"; }
wait_for 15 told
contains "$(tr -s ' ' < "$host/tail" | sed "s/ [a-z:-]*alice[,?]* / alice /")" "denied 60 alice docker create --privileged busybox:1.36" "audit tail shows a decision when it is made"
contains "$(in_host sentinel audit stats --since 1h)" "privileged" "audit stats counts rules"
is "$(in_host sentinel --json audit stats --decision denied | jq '.data.total == .data.decisions.denied')" true "... also as JSON"
fails_with 0 "audit export writes a file" in_host sentinel audit export --format csv --decision denied --output /root/audit.csv
contains "$(in_host head -3 /root/audit.csv)" '"denied","60",' "... of decisions"
is "$(in_host sh -c 'sentinel audit export --format jsonl | jq -s "map(select(.decision)) | length"')" "$(in_host sentinel --json audit stats | jq .data.total)" "... or the standard output"
contains "$(in_host sentinel audit verify)" "intact" "audit verify reads it all"
fails_with 4 "... and all that is not for everybody" as mallory sentinel --no-ask-password audit stats
contains "$(in_host sentinel audit seal)" "sealed up to record" "audit seal puts the newest hash into the system's journal"
in_host journalctl --sync
contains "$(in_host sentinel audit verify)" "proved up to record" "... where the confined service finds it"

# The broadcast names users, so it is root's; a subscriber is sent what they may see.
listen() { # USER
	as "$1" timeout 20 gdbus monitor --system --dest "${sentinel_bus[0]}"
}
in_host timeout 20 gdbus monitor --system --dest "${sentinel_bus[0]}" > "$host/root-hears" 2>&1 &
listen mallory > "$host/mallory-hears" 2>&1 &
heard() { # what comes later on the bus is heard later
	blocked
	in_host busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Manager ReloadPolicy
	grep -q DecisionMade "$host/root-hears" && grep -q PolicyChanged "$host/mallory-hears"
}
wait_for 15 heard
contains "$(cat "$host/root-hears")" "DecisionMade" "root hears of decisions"
contains "$(cat "$host/mallory-hears")" "PolicyChanged" "everybody hears of a policy"
is "$(grep -c DecisionMade "$host/mallory-hears")" 0 "... but not of others' decisions"
contains "$(as mallory busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Manager Subscribe)" 'o "/io/github/dockersentinel/Sentinel1/subscriber"' "everybody may subscribe for their own"
contains "$(as mallory busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Manager AuditQuery 'a{sv}ut' 0 10 0)" "aa{sv} 0" "... and read their own"

journal=$(in_host journalctl -b -x --no-pager -u sentineld.service SENTINEL_DECISION=denied)
contains "${journal:0:100000}" "Docker request denied" "journalctl -x explains a denial"
contains "$journal" "under the policy production (rule privileged" "... with its policy and rule"
is "$(in_host docker info -f '{{.Plugins.Authorization}}')" "[sentinel]" "Docker has the plugin"

# A full disk, in place of the audit trail's.
in_host sh -c 'systemctl stop sentineld.service 2> /dev/null; mount -t tmpfs -o size=4m,mode=750,uid=sentinel,gid=sentinel tmpfs /var/lib/sentinel/audit'
is "$(harmless)" fine "another disk for the trail: decisions go on"
in_host sh -c 'dd if=/dev/zero of=/var/lib/sentinel/audit/filler bs=1k 2> /dev/null'
full() { [[ "$(as alice docker create busybox:1.36 true 2>&1)" == *"cannot be written to the audit trail"* ]]; }
succeeds "the disk is full: what changes something is denied" wait_for 20 full # there is room in the last page
succeeds "... reading goes on" as alice docker ps
state_is() { [ "$(property State)" = "\"$1\"" ]; }
succeeds "... and the state says so" wait_for 5 state_is degraded
explained() { in_host journalctl -b -x --no-pager -u sentineld.service | grep -q "Subject: The audit trail cannot be written"; }
succeeds "... and the journal explains it" wait_for 5 explained
in_host rm /var/lib/sentinel/audit/filler
goes_on() { [ "$(harmless)" = fine ]; }
succeeds "there is room again: decisions go on" wait_for 20 goes_on
in_host sh -c 'systemctl stop sentineld.service 2> /dev/null; umount /var/lib/sentinel/audit; systemctl start sentineld.service'

in_host rm -f /tmp/link
host_reboot
is "$(in_host systemctl is-active sentineld.socket docker.service | tr '\n' ' ')" "active active " "from boot: Docker is up with its plugin"
succeeds "... and asks it" blocked
started() { in_host systemctl show --value -p ActiveEnterTimestampMonotonic "$1"; }
succeeds "... the socket was there first" [ "$(started sentineld.socket)" -lt "$(started docker.service)" ]

# Policies from a repository, as docs/FLEET.md says: the timer puts a signed bundle in force, and nothing that is not.
in_host sh -c 'cd /root && minisign -G -W -p release.pub -s release.key' > /dev/null
in_host sh -c 'mkdir -p /srv/policies /etc/sentinel-fetch && install -m 644 /root/*.pub /etc/sentinel-fetch/ && cat > /etc/sentinel-fetch/fetch.conf' << 'END'
[policies]
source=/srv/policies
policy=shop
max_newly_denied=any
replay_since=7d

[key release]
file=/etc/sentinel-fetch/release.pub
END
bundle() { # NUMBER CHANGE
	in_host sh -c "sed -e 's/^name: .*/name: shop/' -e '$2' /etc/sentinel/policies/production.yaml > /root/shop.yaml && sentinel policy bundle /srv/policies /root/shop.yaml --number $1 --for 90d &&
		minisign -S -s /root/release.key -m /srv/policies/manifest.json" > "$host/bundle.log" 2>&1 || bail_out "there is no bundle: $(cat "$host/bundle.log")"
}
in_force() { [ "$(property FetchNumber) $(property ActivePolicy) $(property Mode)" = "$1 \"shop\" \"$2\"" ]; }
said_by_fetch() { in_host journalctl --sync && in_host journalctl -b --no-pager -u sentinel-fetch.service; }
fails_with 0 "a beginning" in_host sentinel policy fetch --begin 0
in_host mkdir -p /etc/systemd/system/sentinel-fetch.timer.d
in_host sh -c 'printf "[Timer]\nOnBootSec=\nOnActiveSec=1s\nRandomizedDelaySec=0\nAccuracySec=1ms\n" > /etc/systemd/system/sentinel-fetch.timer.d/tests.conf && systemctl daemon-reload'
bundle 1 ''
fails_with 0 "the timer is switched on" in_host systemctl enable --now sentinel-fetch.timer
succeeds "... and puts the bundle in force" wait_for 30 in_force 1 enforce
contains "$(said_by_fetch)" "Policy shop is in force: number 1" "... which its journal says"
is "$(in_host stat -c '%U %a' /var/lib/sentinel-fetch/accepted)" "sentinel-fetch 644" "... as a user of its own"
contains "$(in_host sentinel authz status)" "Fetched: number 1 of /srv/policies" "authz status has it"
succeeds "... and it blocks" blocked
bundle 2 's/^mode: .*/mode: warn/; /^tests:/,$d'
fails_with 1 "one that lets more through is refused" in_host systemctl start sentinel-fetch.service
contains "$(said_by_fetch)" "only a key with may_relax=true" "... and its journal says why"
succeeds "... what was in force stays" in_force 1 enforce
in_host sh -c 'echo may_relax=true >> /etc/sentinel-fetch/fetch.conf'
fails_with 1 "a key that may relax is not enough" in_host systemctl start sentinel-fetch.service
succeeds "... as polkit does not give the unit that right" in_force 1 enforce
sed -n '/^polkit.addRule/,/^});/p' "$SOURCE_ROOT/docs/FLEET.md" | in_host sh -c 'cat > /etc/polkit-1/rules.d/60-docker-sentinel-fetch.rules'
succeeds "with the rule of docs/FLEET.md it is put in force" wait_for 10 in_host systemctl start sentinel-fetch.service
succeeds "... and is" in_force 2 warn
done_testing
