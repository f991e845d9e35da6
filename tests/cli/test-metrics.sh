#!/bin/bash
# SPDX-License-Identifier: MIT
# Counters: that they are the trail's, that promtool finds nothing wrong, and that a Prometheus reads them and the alerts and the dashboard ask for what is there.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

leave() {
	for pid in ${prometheus_pid:-} ${exporter_pid:-}; do kill "$pid" && wait "$pid"; done 2> /dev/null
	service_leave
}
trap leave EXIT
monitoring=$here/../../docs/monitoring

printf 'active_policy: production\nmetrics: {socket: "%s/metrics.sock"}\n' "$dir" > "$dir/guard/config.yaml"
mkdir -p "$dir/guard/fetch"
printf '{"number": 7, "policy": "production", "source": "https://example.com", "key": "k", "accepted_us": 1000000, "expires_us": 2000000}\n' > "$dir/guard/fetch/accepted"
service_bus
service_start
for _ in 1 2 3; do ask POST /v1.43/swarm/init "{}" > /dev/null; done
ask GET /v1.43/version "" > /dev/null
ask GET /v1.43/version "" > /dev/null

metrics=$(session metrics)
value() { grep -F "$1 " <<< "$metrics" | grep -o '[^ ]*$'; }
is "$(value 'sentinel_decisions_total{decision="denied",endpoint="swarm.init",policy="production"}')" 3 "denials are counted by call and policy"
is "$(value 'sentinel_decisions_total{decision="allowed",endpoint="system.version",policy="production"}')" 2 "... and what is allowed"
is "$(value 'sentinel_rule_hits_total{rule="endpoints.swarm",action="block"}')" 3 "rules are counted"
is "$(value 'sentinel_decision_seconds_count')" 5 "each decision is in the histogram"
is "$(value 'sentinel_decision_seconds_bucket{le="+Inf"}')" 5 "... in its last bucket as well"
is "$(value 'sentinel_state{state="serving"}') $(value 'sentinel_state{state="lockdown"}')" "1 0" "the state"
is "$(value 'sentinel_policy_info{policy="production",mode="enforce"}')" 1 "the policy in force"
is "$(value 'sentinel_exceptions{state="active"}')" 0 "it has no exceptions"
is "$(value 'sentinel_audit_write_errors_total')" 0 "nothing was lost"
is "$(tail -n 1 <<< "$metrics")" "# EOF" "the text has its end"
is "$(session --json audit stats | jq .data.decisions.denied)" 3 "the trail has the same denials"

# The same on a socket of its own.
scrape() { curl -s --unix-socket "$dir/metrics.sock" "$@" http://localhost/metrics; }
is "$(scrape -H 'Accept: application/openmetrics-text; version=1.0.0')" "$(session metrics)" "the socket has the same text"
contains "$(scrape -D - -o "$dir/plain")" "text/plain; version=0.0.4" "... and the older form for who asks for nothing"
session metrics --textfile "$dir/sentinel.prom"
is "$(cat "$dir/plain")" "$(cat "$dir/sentinel.prom")" "... which is the textfile's"
is "$(stat -c %a "$dir/metrics.sock")" 666 "everybody may read it"
code() { curl -s -o "$dir/answer" -w '%{http_code}' --unix-socket "$dir/metrics.sock" "$@"; }
is "$(code http://localhost/) $(code -X POST -d x http://localhost/metrics)" "404 405" "there is nothing else"
python3 - "$dir/metrics.sock" > "$dir/hung" << 'PYTHON'
import socket, sys
held = [socket.socket(socket.AF_UNIX) for _ in range(6)]
answered = 0
for one in held:
    one.connect(sys.argv[1])
for one in held:
    try:
        one.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answered += one.recv(1) == b"H"
    except OSError:
        pass
print(answered)
PYTHON
is "$(cat "$dir/hung")" 4 "of one user four connections are held, others are hung up on"
for _ in $(seq 100); do
	! scrape -f > "$dir/answer" || break
	sleep 0.2
done
contains "$(cat "$dir/answer")" "sentinel_state" "... after which it answers"
is "$(promtool check metrics < "$dir/sentinel.prom" 2>&1)" "" "promtool finds nothing to complain of"
is "$(grep -c '_created\|# EOF\|# UNIT' "$dir/sentinel.prom")" 0 "the textfile is of the older form"
is "$(stat -c %a "$dir/sentinel.prom") $(find "$dir" -name 'sentinel.prom*' | wc -l)" "644 1" "... readable, and one file"
fails_with 3 "a textfile that cannot be written is told of" session metrics --textfile "$dir/nowhere/x.prom"
contains "$output" "cannot write $dir/nowhere/x.prom" "... with its name"
succeeds "promtool takes the alerts" promtool check rules "$monitoring/sentinel-alerts.yml"

# A Prometheus of its own.
cat > "$dir/exporter.py" << 'PYTHON'
import http.server, os, subprocess, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = subprocess.run([os.environ["SENTINEL"], "--bus", "session", "metrics"], capture_output=True, check=True).stdout
        self.send_response(200)
        self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
python3 "$dir/exporter.py" > "$dir/port" &
exporter_pid=$!
for _ in $(seq 400); do [ ! -s "$dir/port" ] || break; sleep 0.05; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$dir/prometheus.yml" << YAML
global: { scrape_interval: 1s }
rule_files: ["$monitoring/sentinel-alerts.yml"]
scrape_configs: [{ job_name: sentinel, static_configs: [{ targets: ["127.0.0.1:$(cat "$dir/port")"] }] }]
YAML
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/tsdb" --web.listen-address="127.0.0.1:$port" > "$dir/prometheus.log" 2>&1 &
prometheus_pid=$!
query() { curl -s "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1" | jq -r "$2" 2> /dev/null; }
for _ in $(seq 600); do
	[ "$(query 'sentinel_decisions_total{decision="denied"}' '.data.result[0].value[1]')" != 3 ] || break
	sleep 0.1
done
is "$(query 'sentinel_decisions_total{decision="denied",endpoint="swarm.init"}' '.data.result[0].value[1]')" 3 "Prometheus has read the denials"
is "$(query 'sentinel_decision_seconds_count' '.data.result[0].value[1]')" 5 "... and the histogram"
is "$(curl -s "http://127.0.0.1:$port/api/v1/metadata?metric=sentinel_decisions" | jq -r '.data | to_entries[0].value[0].type')" counter "... which kind a counter is"
is "$(curl -s "http://127.0.0.1:$port/api/v1/rules" | jq '[.data.groups[].rules[] | select(.health == "err")] | length')" 0 "no alert fails"
while read -r expression; do
	expression=${expression//\$instance/.*}
	expression=${expression//\$__rate_interval/1m}
	is "$(query "${expression//\$__range/1m}" .status)" success "the dashboard's $expression is a question"
done < <(jq -r '.panels[].targets[].expr' "$monitoring/sentinel-dashboard.json")
named=$(cat "$monitoring"/* | grep -o 'sentinel_[a-z_]*' | sed 's/_bucket$//' | sort -u)
missing=
for name in $named; do grep -q "^$name\|^# TYPE $name " <<< "$metrics" || missing+=" $name"; done
is "$missing" "" "alerts and dashboard ask for counters that there are"
is "$(grep -o '`sentinel_[a-z_]*' "$here/../../docs/METRICS.md" | tr -d '`' | sort -u)" \
	"$(sed -n 's/^# TYPE \(sentinel_[a-z_]*\) counter$/\1_total/p; s/^# TYPE \(sentinel_[a-z_]*\) info$/\1_info/p; s/^# TYPE \(sentinel_[a-z_]*\) \(gauge\|histogram\)$/\1/p' <<< "$metrics" | sort -u)" "docs/METRICS.md names each of them"
session --json metrics > /dev/null
answers_hold metrics
done_testing
