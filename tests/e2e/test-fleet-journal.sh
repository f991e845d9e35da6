#!/bin/bash
# SPDX-License-Identifier: MIT
# The system journal on another machine, as docs/FLEET.md says: each of its files and commands as it stands there, between two network
# namespaces.  Denials and seals arrive, also those of a time without a collector; a stranger's do not.
. "$(dirname "$0")/begin.sh"
. "$here/fleet.sh"

for kind in journal-upload journal-remote; do rm -f "/etc/systemd/$kind.conf"; done
put() { # WHERE FILE: with the keys of that end
	local text
	text=$(written "$1" "$2")
	[ -n "$text" ] || bail_out "the document has no $2"
	echo "${text//\/etc\/ssl\/sentinel\/own/$state/$1-own}" > "$2"
}
put machine /etc/systemd/journal-upload.conf
put collector /etc/systemd/journal-remote.conf
chmod 644 "$state"/*.key
programs=/usr/lib/systemd
remote=/var/log/journal/remote

# The machine's journal is the script's own.
mkdir -p /run/systemd/journal /run/log
rm -rf /var/log/journal && mkdir -p $remote
"$programs/systemd-journald" > "$SENTINEL_HOST/journald.log" 2>&1 &
pids+=($!)
wait_for 20 test -S /run/systemd/journal/stdout || { cat "$SENTINEL_HOST/journald.log" >&2; bail_out "journald did not start"; }
guard_policy production
systemd-cat -t sentineld sh -c 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"' - \
	"$SENTINELD" --config-dir "$SENTINEL_HOST/guard" --authz-socket $PLUGIN_SOCKET --bus none &
guard_pid=$!
wait_for 20 curl -s --unix-socket $PLUGIN_SOCKET -X POST http://p/Plugin.Activate || bail_out "sentineld did not start"
deny() { # IMAGE
	local body
	body=$(echo "{\"Image\":\"$1\",\"HostConfig\":{\"Privileged\":true}}" | base64 -w0)
	curl -s --unix-socket $PLUGIN_SOCKET http://p/AuthZPlugin.AuthZReq -d "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/v1.41/containers/create\",\"RequestHeaders\":{\"Content-Type\":\"application/json\"},\"RequestBody\":\"$body\"}" > /dev/null
	journalctl --sync 2> /dev/null
}

start_collector() {
	on_collector "$programs/systemd-journal-remote" --listen-https=19532 --output=$remote > "$state/remote.log" 2>&1 &
	collector_pid=$!
	pids+=($!)
	wait_for 20 listens || { cat "$state/remote.log" >&2; bail_out "the collector does not listen"; }
}
listens() { on_collector ss -Hltn 'sport = :19532' | grep -q .; }
# As its unit would with Restart=always.
start_machine() {
	(while :; do "$programs/systemd-journal-upload" --save-state="$state/upload" >> "$state/upload.log" 2>&1; sleep 0.5; done) &
	machine_pid=$!
	pids+=($!)
}
end() { # PID: with what it started
	pkill -P "$1"
	kill "$1" 2> /dev/null
	wait "$1" 2> /dev/null
}
on_collector_shell() { written collector "$1" | bash 2> /dev/null; }
denied() { on_collector_shell "what was denied" | jq -r .SENTINEL_COMMAND; }
has() { denied | grep -qx "docker create --privileged $1"; }

deny first
start_collector
start_machine
succeeds "a denial is on the collector" wait_for 60 has first
contains "$(on_collector_shell "what was denied" | jq -r '.SENTINEL_POLICY + " " + .SENTINEL_RULE' | head -1)" "production privileged" "... with its fields"
deny second
succeeds "one that comes later, too" wait_for 60 has second

end "$collector_pid"
deny third
deny fourth
start_collector
succeeds "those of a time without a collector" wait_for 60 has fourth
is "$(denied | sort | uniq -c | awk '{ print $1, $NF }' | xargs)" "1 first 1 fourth 1 second 1 third" "each of them once"

audit=$SENTINEL_HOST/guard/audit/audit.jsonl
guard_stop
journalctl --sync 2> /dev/null
seal() { on_collector_shell "the newest seal of each trail" | tail -1 | cut -f3; }
sealed() { [ "$(seal)" = "$(tail -1 "$audit" | head -c -1 | sha256sum | cut -d' ' -f1)" ]; }
succeeds "the collector has the seal of the trail's last line" wait_for 60 sealed

# Who sends is asked for a certificate only by a systemd with GnuTLS, as the document says.
arrives() { journalctl --directory $remote -t "$1" -o cat 2> /dev/null | grep -qx "from $1"; }
ends() { [ "$(wc -l < "$state/upload.log")" -gt "$lines" ]; }
send_as() { # NAME: one message
	echo "from $1" | systemd-cat -t "$1"
	journalctl --sync 2> /dev/null
	lines=$(wc -l < "$state/upload.log")
	start_machine
}
end "$machine_pid"
sed -i "s|$state/machine-own|$state/stranger-own|" /etc/systemd/journal-upload.conf
send_as stranger
if "$programs/systemd-journal-remote" --version | grep -q -- ' +GNUTLS '; then
	succeeds "a sender with another authority's certificate is refused" wait_for 60 ends
else
	succeeds "a sender with another authority's certificate is taken: this systemd does not ask" wait_for 60 arrives stranger
fi
end "$machine_pid"

# Whom it sends to is asked by all of them.
end "$collector_pid"
sed -i "s|$state/collector-own|$state/stranger-own|" /etc/systemd/journal-remote.conf
start_collector
send_as machine
succeeds "a collector with another authority's certificate is not sent to" wait_for 60 ends
fails_with 1 "... and nothing of it is there" arrives machine
end "$machine_pid"
[ $tap_failures -eq 0 ] || tail -n 20 "$state"/remote.log "$state"/upload.log | sed "s/^/# /"
done_testing
