#!/bin/bash
# SPDX-License-Identifier: MIT
# The trail on another machine, as docs/FLEET.md says: each of its files as it stands there, between two network namespaces; over rotations and
# restarts nothing is lost, and nothing doubled.
. "$(dirname "$0")/begin.sh"
. "$here/fleet.sh"

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
