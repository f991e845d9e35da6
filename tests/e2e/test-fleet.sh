#!/bin/bash
# SPDX-License-Identifier: MIT
# The trail on another machine, as docs/FLEET.md says: each of its files as it stands there, between two network namespaces; over rotations and
# restarts nothing is lost, and nothing doubled.
. "$(dirname "$0")/begin.sh"
doc=$here/../../docs/FLEET.md
state=$SENTINEL_HOST/state
pids=()
leave() {
	for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null; done
	wait
	host_leave
}
trap leave EXIT

# What is below /etc and /var here is nobody else's.
mkdir -p "$state"
chmod 755 "$SENTINEL_HOST" # PostgreSQL is not root's
mount -t tmpfs tmpfs "$state" || bail_out "no tmpfs"
for top in etc var; do
	mkdir -p "$state/$top-upper" "$state/$top-work"
	mount -t overlay overlay -o "lowerdir=/$top,upperdir=$state/$top-upper,workdir=$state/$top-work" "/$top" || bail_out "no overlay over /$top"
done
rm -rf /etc/ssl/sentinel /var/lib/sentinel /var/log/sentinel
mkdir -p /etc/ssl/sentinel /var/lib/sentinel/audit /var/log/sentinel "$state"/{machine,collector}
printf '127.0.0.1 localhost\n10.77.0.1 machine1.example.com\n10.77.0.2 collector.example.com\n' > /etc/hosts
ip netns add collector || bail_out "no second network"
ip link add fleet0 type veth peer name fleet1 netns collector || bail_out "nothing between the two"
ip addr add 10.77.0.1/24 dev fleet0 && ip link set fleet0 up
ip -n collector addr add 10.77.0.2/24 dev fleet1
ip -n collector link set fleet1 up
ip -n collector link set lo up
on_collector() { ip netns exec collector "$@"; }

# written WHERE FILE: the block of the document with this first line
written() {
	awk -v head="$1 $2" '/^```/ { inside = !inside && index($0, head) == length($0) - length(head) + 1; next } inside' "$doc"
}
# Certificates: for the machine, for the collector, and one that another authority made.
authority() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$state/$1.key" -out "$state/$1.pem" 2> /dev/null
}
certificate() { # NAME AUTHORITY FILE
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$state/$3.key" -out "$state/$3.csr" 2> /dev/null
	openssl x509 -req -in "$state/$3.csr" -CA "$state/$2.pem" -CAkey "$state/$2.key" -CAcreateserial -days 2 -extfile <(echo "subjectAltName=DNS:$1") -out "$state/$3.pem" 2> /dev/null
}
authority ours
authority theirs
certificate machine1.example.com ours machine-own
certificate collector.example.com ours collector-own
certificate machine1.example.com theirs stranger-own
cp "$state/ours.pem" /etc/ssl/sentinel/ca.pem
keys_of() { cp "$state/$1-own.pem" /etc/ssl/sentinel/own.pem && cp "$state/$1-own.key" /etc/ssl/sentinel/own.key; }

# rsyslogd with the document's files for WHERE and Debian's directory for what it remembers; each end has its own keys in the same place.
rsyslog() { # WHERE FILE...
	local where=$1 file config=$state/$1.conf
	shift
	echo "global(workDirectory=\"$state/$where\" localHostname=\"$where\")" > "$config"
	for file; do
		[ -n "$(written "$where" "$file")" ] || bail_out "the document has no $file"
		written "$where" "$file" | sed "s|/etc/ssl/sentinel/own|$state/$where-own|g" >> "$config"
	done
}
conf=/etc/rsyslog.d/60-docker-sentinel.conf
rsyslog machine $conf
rsyslog collector /etc/rsyslog.d/50-docker-sentinel-db.conf $conf
sed -i 's/port="2514" ruleset="sentinel"/port="2514" ruleset="sentinel-db"/' "$state/collector.conf"
for where in machine collector; do
	succeeds "rsyslogd takes the document's files: $where" rsyslogd -N1 -f "$state/$where.conf"
done
start() { # WHERE [COMMAND...]
	local where=$1
	shift
	"$@" rsyslogd -n -f "$state/$where.conf" -i "$state/$where.pid" > "$state/$where.log" 2>&1 &
	eval "${where}_pid=\$!"
	pids+=($!)
}
stop() { # WHERE
	local pid=${1}_pid
	kill "${!pid}" && wait "${!pid}"
}
start_collector() { start collector on_collector; }

# PostgreSQL of the collector's own.
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
mkdir -p "$state/database"
chown nobody "$state" "$state/database"
as_nobody() { on_collector setpriv --reuid=65534 --clear-groups "$@"; }
as_nobody "$bin/initdb" -D "$state/database" -U postgres --no-sync > "$state/initdb.log" 2>&1 || bail_out "initdb: $(tail -3 "$state/initdb.log")"
as_nobody "$bin/postgres" -D "$state/database" -k "$state" -c fsync=off -c listen_addresses=127.0.0.1 > "$state/postgres.log" 2>&1 &
pids+=($!)
sql() { on_collector psql -h "$state" -U postgres -qAt "$@"; }
wait_for 60 sql -c 'SELECT 1' || bail_out "PostgreSQL does not start"
sql -c "CREATE USER sentinel PASSWORD 'change-me'" -c "CREATE DATABASE sentinel OWNER sentinel" > /dev/null
[ -n "$(written collector /etc/sentinel-trail.sql)" ] || bail_out "docs/FLEET.md has no SQL"
written collector /etc/sentinel-trail.sql | sql -d sentinel -c 'SET ROLE sentinel' -f - > /dev/null
rows() { sql -d sentinel -c "SELECT count(*), count(DISTINCT id), min(id), max(id) FROM trail WHERE id IS NOT NULL"; }

trail=/var/lib/sentinel/audit
grow() { python3 -B "$here/trail.py" "$trail" "$@"; }
arrived() { grep -c '"id"' /var/log/sentinel/trail.jsonl 2> /dev/null || true; }
has_all() { [ "$(arrived)" -ge "$1" ]; }
doubled() { grep -o '"id": [0-9]*' /var/log/sentinel/trail.jsonl | sort | uniq -d | wc -l; }

start_collector
start machine
grow 1 1200 200
succeeds "the records of files that were put away arrive" wait_for 60 has_all 1200
stop machine
grow 1201 600 200
start machine
grow 1801 200 200
succeeds "also those of a time without rsyslog" wait_for 60 has_all 2000
stop collector
grow 2001 600 200
start_collector
succeeds "and of a time without a collector" wait_for 90 has_all 2600
is "$(arrived) $(doubled)" "2600 0" "each of them once"
is "$(cat "$trail"/audit-*.jsonl | sort | sha256sum)" "$(sort /var/log/sentinel/trail.jsonl | sha256sum)" "and byte by byte as it was written, long ones too"
in_database() { [ "$(rows)" = "2600|2600|1|2600" ]; }
succeeds "PostgreSQL has each once" wait_for 60 in_database
is "$(sql -d sentinel -c "SELECT count(*) FROM trail WHERE line->>'decision' = 'denied'")" "$(grep -c '"denied"' /var/log/sentinel/trail.jsonl)" "and is asked by what is in them"
is "$(sql -d sentinel -c "SELECT DISTINCT host FROM trail")" machine "they say from which machine"

# Who has no certificate of ours sends nothing.
stop machine
sed -i "s|$state/machine-own|$state/stranger-own|g" "$state/machine.conf"
start machine
grow 2601 200 200
refused() { grep -qi 'authentication error\|certificate' "$state/collector.log"; }
succeeds "a sender with another authority's certificate is refused" wait_for 60 refused
is "$(arrived)" 2600 "nothing of it arrives"
done_testing
