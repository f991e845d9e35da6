#!/bin/bash
# The sentinel command as people and scripts use it: with --local, and with a service on a bus.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/host.sh"
host_enter "$0" "$@"

dir=$SENTINEL_HOST/guard
local_sentinel() { "$SENTINEL" --local --config-dir "$dir" "$@"; }

contains "$("$SENTINEL" version)" "sentinel $("$SENTINELD" --version | cut -d' ' -f2)" "version"
is "$("$SENTINEL" version --json | jq -r .success)" true "version --json"

denied=$(local_sentinel validate --policy production -- docker run --privileged ubuntu)
is "$?" 1 "a denied command exits with 1"
is "$denied" "⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)
🚫 [CRITICAL] Privileged containers are not allowed
⚠️  [MEDIUM] The container runs as root
⚠️  [LOW] The image has the tag latest, which can change at any time
⚠️  [LOW] The container has no memory limit
💡 Suggested fixes:
 → Remove --privileged flag
 → Use specific capabilities instead: --cap-add
Policy production (enforce), at most 50
Logged as docker create --privileged ubuntu

  docker run --privileged ubuntu
             ^^^^^^^^^^^^ ~~~~~~" "and says what, why, what to do and where"
json=$(local_sentinel --json validate --policy production -- docker run --privileged ubuntu)
is "$?" 1 "so it does with --json"
is "$(jq -c '[.success, .data.allowed, .data.risk_score, .data.max_score, .data.command, .data.policy, .data.mode]' <<< "$json")" \
	'[false,false,65,50,"docker run --privileged ubuntu","production","enforce"]' "the JSON has the seed's fields"
is "$(jq -c '[.data.risks[] | [.level, .category, .rule, .action]]' <<< "$json")" '[["critical","privileged","privileged","block"]]' "risks are what blocks"
is "$(jq -c '[.data.warnings[].level] | sort' <<< "$json")" '["low","low","medium"]' "warnings are the others"
is "$(jq -c .data.mitigations <<< "$json")" '["Remove --privileged flag","Use specific capabilities instead: --cap-add"]' "mitigations"
succeeds "an allowed command exits with 0" local_sentinel validate --policy production -- docker run --user 1000 --memory 64m nginx:1.25
succeeds "\"run\" is \"docker run\"" local_sentinel validate --policy production -- run --user 1000 --memory 64m nginx:1.25
succeeds "warn mode allows" local_sentinel validate --policy default -- docker run --privileged ubuntu
succeeds "audit mode allows" local_sentinel validate --policy permissive -- docker run --privileged ubuntu

while IFS='|' read -r code part line; do
	read -ra words <<< "$line"
	fails_with "$code" "sentinel $line exits with $code" "$SENTINEL" --local --config-dir "$dir" "${words[@]}"
	contains "$output" "$part" "sentinel $line says so"
done <<'ROWS'
2|did you mean validate?|validat -- docker ps
2|did you mean --policy?|validate --polcy strict -- docker ps
2|--privilegd|validate -- docker run --privilegd ubuntu
2|a verb was expected|--json
2|policy use: expected NAME|policy use
2|"strict" is too much|policy use default strict
2|expected a number above 0|audit list --limit many
2|a time is a span|audit clear --yes --until soon
3|nonesuch|policy show nonesuch
3|nonesuch|policy use nonesuch
3|nonesuch|validate --policy nonesuch -- docker ps
ROWS
fails_with 2 "a usage error with --json is JSON too" local_sentinel --json policy use
is "$(jq -r '[.success, .error.code] | join(" ")' <<< "$output")" "false usage" "with the seed's envelope"
fails_with 3 "no bus is not a denial" env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere "$SENTINEL" policy list
contains "$output" "--local" "and the way out is named"

is "$(local_sentinel --json policy list | jq -r '[.data.policies[].name] | join(" ")')" "ci-cd default development permissive production strict" "policy list"
contains "$(local_sentinel policy show production)" "name: production" "policy show NAME"
succeeds "policy use" local_sentinel policy use strict
contains "$(local_sentinel policy show)" "name: strict" "policy show is the one in force"
contains "$(cat "$dir/config.yaml")" "active_policy: strict" "policy use is kept in config.yaml"
contains "$(cat "$dir/config.yaml")" "# Docker Sentinel" "which keeps its comments"
contains "$(local_sentinel audit list)" "DECISION" "audit list of nothing is an empty table"

fails_with 1 "doctor: there is no Docker here" local_sentinel doctor
contains "$output" "docker" "and it says so"
contains "$output" "6 policies load" "doctor looks at the policies"
is "$(local_sentinel --json doctor | jq -r '[.success, .data.healthy, (.data.checks[] | select(.name == "audit") | .status)] | join(" ")')" "false false ok" "doctor --json"

# With a service.
start_bus
guard_start --bus session
session() { "$SENTINEL" --bus session "$@"; }
contains "$(session authz status)" "serving" "authz status"
contains "$(local_sentinel authz status)" "serving" "a private instance beside it is not degraded"
is "$(session --json authz status | jq -r .data.active_policy)" strict "authz status --json"
is "$(session validate -- docker run --privileged ubuntu > /dev/null; echo $?)" 1 "validate asks the service"
sed -i 's/^mode: .*/mode: audit/' "$dir/policies/strict.yaml"
succeeds "authz reload reads the policy at once" session authz reload
succeeds "and it counts" session validate -- docker run --privileged ubuntu
echo "rules: [" > "$dir/policies/strict.yaml"
fails_with 3 "a broken policy is refused by reload" session authz reload
contains "$output" "strict.yaml:" "with its place"
succeeds "the old one still decides" session validate -- docker run --privileged ubuntu
succeeds "policy use on the bus" session policy use production
is "$(session validate -- docker run --privileged ubuntu > /dev/null; echo $?)" 1 "production decides now"

for id in 1 2 3; do
	echo '{"v":1,"id":'$id',"time":'$id'000000,"decision":"denied","mode":"enforce","policy":"p","score":40,"max_score":50,"user":"alice","findings":[]}'
done >> "$dir/audit/audit.jsonl"
fails_with 2 "audit clear does not remove unasked" session audit clear
contains "$output" "--yes" "and says how it would"
is "$(session audit clear --until 1970-01-01T00:00:02Z --yes)" "1 records removed" "audit clear --until"
is "$(session --json audit clear -y | jq -c '[.success, .data.entries]')" "[true,3]" "audit clear --json, with the record of the first time"
is "$(session --json audit list | jq -r '.data.entries[] | [.endpoint, .user, .subject] | join(" ")')" "sentinel.clear root 3" "what remains says who did it"
guard_stop
fails_with 3 "no service is not a denial" session validate -- docker ps
done_testing
