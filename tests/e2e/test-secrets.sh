#!/bin/bash
# Secrets in environment, build arguments, command lines, labels, registry credentials and logins are nowhere in what the guard keeps or
# says; and what is kept is enough for another policy to judge the calls again.
. "$(dirname "$0")/begin.sh"

guard_policy default
printf 'audit: {log_reads: all, rotate: {size: 1M}}\nmetrics: {socket: "%s"}\n' "$SENTINEL_HOST/metrics.sock" >> "$SENTINEL_HOST/guard/config.yaml"
# A system journal and a bus of its own, where all that goes over it is heard.
mkdir -p /run/systemd/journal /run/log
mount -t tmpfs tmpfs /var/log/journal 2> /dev/null || true
/lib/systemd/systemd-journald > "$SENTINEL_HOST/journald.log" 2>&1 &
start_bus
dbus-monitor --session > "$SENTINEL_HOST/heard" &
wait_for 20 test -S /run/systemd/journal/socket || bail_out "journald did not start: $(cat "$SENTINEL_HOST/journald.log")"
# It sends its events to the journal when that is where its log goes (systemd.exec(5), JOURNAL_STREAM).
printf '#!/bin/sh\nJOURNAL_STREAM=$(stat -Lc %%d:%%i /proc/self/fd/2) exec "%s" "$@"\n' "$SENTINELD" > "$SENTINEL_HOST/in-journal"
chmod +x "$SENTINEL_HOST/in-journal"
SENTINELD=$SENTINEL_HOST/in-journal guard_start --log-level debug --bus session
docker_start
image_import > /dev/null
run() { docker run --rm --network none "$@" > /dev/null 2>&1; }
local_sentinel() { SENTINEL_DAEMON=$SENTINELD "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" "$@" 2>&1; }

secret=$(head -c 24 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')Qz7
succeeds "a secret in the environment" run -e "PLAIN=$secret" busybox:1.36 echo
run -e "API_TOKEN=$secret" --privileged busybox:1.36 echo
succeeds "one on the command line" run busybox:1.36 echo "--password=$secret"
succeeds "one behind a flag" run busybox:1.36 echo --password "$secret" --port 8080
succeeds "one in a label" run --label "db.password=$secret" busybox:1.36 echo
container=$(docker run -d --name db --network none busybox:1.36 sleep 60)
succeeds "one given to exec" docker exec -e "X=$secret" db echo "--api-key=$secret"
succeeds "the container is restarted by its id" docker restart -t 0 "$container"
api() { curl -s -o /dev/null -w '%{http_code}' --unix-socket "${DOCKER_HOST#unix://}" "$@"; }
arguments=$(jq -rn --arg s "$secret" '{T: $s} | tojson | @uri')
echo 'FROM busybox:1.36' > "$SENTINEL_HOST/Dockerfile"
tar -C "$SENTINEL_HOST" -cf "$SENTINEL_HOST/context.tar" Dockerfile
is "$(api -X POST -H 'Content-Type: application/x-tar' --data-binary "@$SENTINEL_HOST/context.tar" "http://d/build?version=1&t=built&buildargs=$arguments")" 200 "one in a build's arguments"
auth=$(jq -cn --arg s "$secret" '{username: "u", password: $s}' | base64 -w0)
api -X POST -H "X-Registry-Auth: $auth" "http://d/images/create?fromImage=127.0.0.1:9/x&tag=1" > /dev/null
api -X POST -H 'Content-Type: application/json' -d "{\"username\":\"u\",\"password\":\"$secret\",\"serveraddress\":\"127.0.0.1:9\"}" http://d/auth > /dev/null

is "$(journal | jq -rs '[.[] | select(.endpoint == "container.create")] | length > 4')" true "the calls are in the trail"
is "$(journal | jq -r 'select(.endpoint == "container.restart") | .command')" "docker restart db" "the restart by the container's name"
is "$(journal | jq -r 'select(.endpoint == "container.restart") | "\(.container) \(.image)"')" "db busybox:1.36" "with its image"
is "$(journal | jq -rs '[.[] | select(.endpoint == "exec.create")][0].request.request.container.command | join(" ")')" "echo --api-key=(hidden)" "what was entered, without the secret"
is "$(journal | jq -r 'select(.endpoint == "exec.create") | .argv')" "echo --api-key=(hidden)" "... and readable"
docker create --name named -p 127.0.0.1:8080:80 -v data:/d -m 64m busybox:1.36 sh -c "echo 'hi' --token $secret" > /dev/null 2>&1
is "$(journal | jq -r 'select(.container == null and .command != null and (.command | contains("--name named"))) | [.ports[0], .volumes[0], .memory] | join(" ")')" \
	"127.0.0.1:8080:80/tcp data:/d 67108864" "published ports, named volumes and memory have their names"
contains "$(local_sentinel audit list --all -n 1000)" "busybox:1.36 echo --password=(hidden)" "the list shows what runs"
contains "$(local_sentinel audit show "$(journal | jq -r 'select(.command | contains("--name named")) | .id')")" "data:/d" "audit show has all of it"

# The file that has these calls is put away and packed, behind two more of a megabyte each.
jq -nc --arg word "$(head -c 6000 /dev/urandom | od -An -vtx1 | tr -d ' \n')" --arg s "$secret" '{Image: "busybox:1.36", Cmd: ["echo", $word, "--password=\($s)"], Env: ["X=\($s)"]}' > "$SENTINEL_HOST/body"
jq -nc --arg body "$(base64 -w0 "$SENTINEL_HOST/body")" \
	'{RequestMethod: "POST", RequestUri: "/v1.43/containers/create", RequestHeaders: {"Content-Type": "application/json"}, RequestBody: $body}' > "$SENTINEL_HOST/message"
put_away() { [ "$(find "$SENTINEL_HOST/guard/audit" -name 'audit-0*' | wc -l)" -ge "$1" ]; }
for files in 1 2; do
	curl -s -H Expect: --unix-socket "$PLUGIN_SOCKET" "http://p/AuthZPlugin.AuthZReq?[1-100]" -o /dev/null -d @"$SENTINEL_HOST/message"
	succeeds "a file is put away" wait_for 20 put_away "$files"
done
packed() { compgen -G "$SENTINEL_HOST/guard/audit/audit-0*.zst" > /dev/null; }
succeeds "... and packed" wait_for 60 packed
zstdcat "$SENTINEL_HOST"/guard/audit/audit-0*.zst > "$SENTINEL_HOST/unpacked"
is "$(($(grep -cF -e '--password=(hidden)' "$SENTINEL_HOST/unpacked") > 1))" 1 "the packed file has the calls"
is "$(grep -cF "$secret" "$SENTINEL_HOST/unpacked")" 0 "and not the secret"
for kind in text/plain application/openmetrics-text; do
	curl -s -H "Accept: $kind" --unix-socket "$SENTINEL_HOST/metrics.sock" http://localhost/metrics
done > "$SENTINEL_HOST/metrics"
is "$(grep -c '^sentinel_build_info' "$SENTINEL_HOST/metrics")" 2 "monitoring's socket answers"
is "$(grep -cF "$secret" "$SENTINEL_HOST/metrics")" 0 "without the secret"

local_sentinel audit export --format cef > "$SENTINEL_HOST/export.cef" 2>&1
local_sentinel audit export --format csv > "$SENTINEL_HOST/export.csv" 2>&1
is "$(cat "$SENTINEL_HOST"/export.c* "$SENTINEL_HOST/guard.log" | grep -cF "$secret")" 0 "no other export has the secret"
over_bus() { "$SENTINEL" --bus session "$@"; }
{
	over_bus --json audit list --all -n 1000
	for id in $(journal | jq 'select(.argv // "" | contains("(hidden)")) | .id' | head -3); do over_bus --json audit show "$id"; done
	over_bus --json audit stats
	over_bus metrics
} > "$SENTINEL_HOST/listed"
is "$(grep -cF -e '--password=(hidden)' "$SENTINEL_HOST/heard" | sed 's/^[1-9].*/some/')" some "the calls go over the bus"
is "$(cat "$SENTINEL_HOST/heard" "$SENTINEL_HOST/listed" | grep -caF "$secret")" 0 "and not the secret"
journalctl --sync > /dev/null 2>&1
journalctl -o export > "$SENTINEL_HOST/system-journal" 2> /dev/null
is "$(grep -ca '^SENTINEL_DECISION=' "$SENTINEL_HOST/system-journal" | sed 's/^[1-9].*/some/')" some "decisions are in the system journal"
is "$(grep -caF "$secret" "$SENTINEL_HOST/system-journal")" 0 "without the secret"
local_sentinel policy use default > /dev/null
is "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json audit list --events -n 1000 | grep -cF "$secret")" 0 "nor an event"
is_free() { ! grep -rqsF -e "$secret" -e "$(base64 -w0 <<< "$secret" | cut -c1-24)" "$SENTINEL_HOST/guard" "$SENTINEL_HOST/guard.log"; }
succeeds "no file and no log of the guard's has the secret" is_free
local_sentinel audit export --format jsonl > "$SENTINEL_HOST/export" 2>&1
contains "$(cat "$SENTINEL_HOST/export")" '"request":' "an export has the calls"
fails_with_secret() { grep -qF "$secret" "$1"; }
is "$(fails_with_secret "$SENTINEL_HOST/export" && echo there)" "" "and not the secret"

is "$(local_sentinel policy replay default > "$SENTINEL_HOST/same"; echo $?)" 0 "the policy that decided decides the same again"
contains "$(cat "$SENTINEL_HOST/same")" "0 would be denied that were allowed" "all of it"
is "$(local_sentinel policy replay production > "$SENTINEL_HOST/other"; echo $?)" 1 "another would deny some"
contains "$(cat "$SENTINEL_HOST/other")" "rule     privileged" "and says by which rule"
is "$(local_sentinel --json policy replay production | jq -r '.data.examples[] | select(.rule == "privileged") | .message' | head -1)" "Privileged containers are not allowed" "with an example"
is "$(local_sentinel policy replay production | grep -cF "$secret")" 0 "without the secret"
printf 'name: draft\nmode: enforce\n' > "$SENTINEL_HOST/draft.yaml"
succeeds "a draft that denies nothing" local_sentinel policy replay "$SENTINEL_HOST/draft.yaml" --since 1h
done_testing
