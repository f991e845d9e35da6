#!/bin/bash
# SPDX-License-Identifier: MIT
# The sentinel command as people and scripts use it: with --local, and with a service on a bus.
set -uo pipefail
here=$(cd "$(dirname "$0")/../e2e" && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/host.sh
. "$here/host.sh"
host_enter "$0" "$@"
# shellcheck source=tests/cli/answers.sh
. "$here/../cli/answers.sh"

dir=$SENTINEL_HOST/guard
local_sentinel() { "$SENTINEL" --local --config-dir "$dir" "$@"; }

contains "$("$SENTINEL" version)" "sentinel $("$SENTINELD" --version | cut -d' ' -f2)" "version"
is "$("$SENTINEL" version --json | jq -r .success)" true "version --json"

outlives_ticks() { # of its clock, one a second
	python3 - "$SENTINELD" "$SENTINEL_HOST/private" << 'PY'
import socket, subprocess, sys, time
ours, theirs = socket.socketpair()
service = subprocess.Popen([sys.argv[1], "--bus-fd", str(theirs.fileno()), "--config-dir", sys.argv[2]], pass_fds=[theirs.fileno()])
theirs.close()
time.sleep(3)
alive = service.poll() is None
ours.close()
sys.exit(0 if alive and service.wait(20) == 0 else 1)
PY
}
succeeds "a private instance lives as long as it is asked" outlives_ticks
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
text=$(local_sentinel validate --policy default -- docker run --privileged ubuntu)
is "$(head -2 <<< "$text")" "⚠️ ALLOWED, but enforce would block it (Risk Score: 65/100)
⚠️  [CRITICAL] Privileged containers are not allowed" "where nothing is denied nothing is shown as blocked"
is "$(grep -c 🚫 <<< "$text")" 0 "by no picture either"
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

is "$(local_sentinel --json policy list | jq -r '[.data.policies[].name] | join(" ")')" "agent ci-cd default development permissive production pss-baseline pss-restricted read-only strict" "policy list"
contains "$(local_sentinel policy show production)" "name: production" "policy show NAME"
succeeds "policy use" local_sentinel policy use strict
contains "$(local_sentinel policy show)" "name: strict" "policy show is the one in force"
contains "$(cat "$dir/config.yaml")" "active_policy: strict" "policy use is kept in config.yaml"
contains "$(cat "$dir/config.yaml")" "# Docker Sentinel" "which keeps its comments"
contains "$(local_sentinel audit list)" "DECISION" "audit list of nothing is an empty table"

fails_with 1 "doctor: there is no Docker here" local_sentinel doctor
contains "$output" "docker" "and it says so"
contains "$output" "10 policies load" "doctor looks at the policies"
is "$(grep -c "10 policies load" <<< "$output")" 1 "... and says each thing once"
is "$(local_sentinel --json doctor | jq -r '[.success, .data.healthy, (.data.checks[] | select(.name == "audit") | .status)] | join(" ")')" "false false ok" "doctor --json"

# init: a directory of its own, at first without any file.
fresh() { "$SENTINEL" --local --config-dir "$SENTINEL_HOST/fresh" "$@"; }
on_terminal() { python3 "$here/answer.py" "$@"; }
fresh_init() { # QUESTION ANSWER...
	on_terminal "$@" -- "$SENTINEL" --local --config-dir "$SENTINEL_HOST/fresh" init
}
in_force() { sed -n 's/^active_policy: *\([a-z-]*\).*/\1/p' "$SENTINEL_HOST/fresh/config.yaml"; }

fails_with 3 "init of a policy that is not there" fresh init --policy strct --no-interactive
contains "$output" 'there is no policy "strct"; did you mean strict?' "says which was meant"
is "$(in_force)" default "and changes nothing, but the files are there"
fails_with 3 "init without a terminal and without a policy" fresh init < /dev/null
contains "$output" "say --policy NAME, or --no-interactive" "says how it would"
contains "$(fresh init --no-interactive)" "default (warn), in force as before: nothing is denied" "init --no-interactive keeps the policy in force"
is "$(fresh --json init --policy strict | jq -c '[.success, .data]')" '[true,{"policy":"strict","mode":"enforce","changed":true}]' "init --policy --json"
is "$(in_force)" strict "is kept in config.yaml"
before=$(stat -c '%i %y' "$SENTINEL_HOST/fresh/config.yaml")
said=$(fresh init --policy strict --no-interactive)
contains "$said" "strict (enforce), in force as before: what it blocks is denied" "a second time nothing changes"
contains "$said" "$SENTINEL_HOST/fresh/config.yaml is in order" "it says where the settings are"
is "$(stat -c '%i %y' "$SENTINEL_HOST/fresh/config.yaml")" "$before" "the file is not even written"
is "$(fresh --json init | jq -c '[.data.policy, .data.changed]')" '["strict",false]' "init --json asks nothing"
while IFS='|' read -r name says; do
	said=$(fresh init --policy "$name" --no-interactive)
	contains "$said" "  Policy: $name ($says" "init --policy $name says what its mode means"
	is "$(sed -n 's/^ *\([A-Z][a-z]*\):.*/\1/p' <<< "$said" | tr '\n' ' ')" "Policy Settings Docker Guard Next " "and has its lines"
done <<'ROWS'
permissive|audit), now in force: nothing is denied, what it finds is written down
default|warn), now in force: nothing is denied, what it finds is reported
strict|enforce), now in force: what it blocks is denied
ROWS
fails_with 0 "init on a terminal asks" fresh_init "Which policy? [strict]" prodution "did you mean production?" production "Adapt it to this machine" n "Do this? [y/N]" y
contains "$output" "production (enforce), now in force" "and asks again after a mistake"
fails_with 3 "a no at the end" fresh_init "Which policy? [production]" strict "Adapt it to this machine" n "Do this? [y/N]" n
contains "$output" "nothing was changed" "changes nothing"
is "$(in_force)" production "nothing is done before the last yes"
fails_with 0 "nothing but Enter" fresh_init "Which policy? [production]" "" "Adapt it to this machine" ""
contains "$output" "production (enforce), in force as before" "keeps what is in force"
fails_with 0 "an answer that is longer than a line may be" fresh_init "Which policy? [production]" "$(printf 'x%.0s' {1..600})" "there is no policy" production "Adapt it to this machine" n
is "$(grep -c "there is no policy" <<< "$output")" 1 "is one answer, and not two"
fails_with 3 "the end of the input" fresh_init "Which policy? [production]" ^D
contains "$output" "no answer: nothing was changed" "is no answer"
is "$(in_force)" production "production is still in force"
echo "rules: [" > "$SENTINEL_HOST/fresh/policies/strict.yaml"
fails_with 3 "init does not take a policy that does not load" fresh init --policy strict --no-interactive
contains "$output" "strict.yaml:" "and says where it is wrong"
sed -i 's/^active_policy: .*/active_policy: strict/' "$SENTINEL_HOST/fresh/config.yaml"
fails_with 3 "in lockdown init keeps nothing" fresh init --no-interactive
contains "$output" "sentinel init --policy NAME" "and says what to do"
fails_with 0 "on a terminal a name is needed then" fresh_init "Which policy? " "" "a name is needed" default "Adapt it to this machine" n "Do this? [y/N]" y
contains "$output" "default (warn), now in force" "and ends the lockdown"
# Adapted to the machine.
mkdir -m 700 "$SENTINEL_HOST/closed"
adapt() { # LAST-ANSWER
	fresh_init "Which policy? [default]" 6 "Adapt it to this machine" y "From which registries?" "docker.io registry.shop.example/team" \
		"To which directories?" "$SENTINEL_HOST/closed, /srv" "What is the new policy called? [production-here]" shop "Do this? [y/N]" "$1"
}
is "$(fresh policy list --no-legend | sed 's/^\*/ /' | awk '{ print $1 }' | sed -n 6p)" production "by its number in the table"
fails_with 3 "init asks what is otherwise here" adapt n
contains "$output" "Docker does not say which containers there are" "and says what it does not know"
contains "$output" "  $SENTINEL_HOST/closed: closed: only root gets in" "what a directory is"
is "$(in_force)" default "nothing is done before the last yes"
fails_with 3 "there is no such policy" fresh policy show shop
fails_with 0 "a yes does all of it" adapt y
is "$(in_force)" shop "it is in force"
is "$(fresh policy diff production shop | grep -c "^  mode")" 0 "it is production"
contains "$(fresh policy show)" "    allowed_registries: [docker.io, registry.shop.example/team]" "with these registries"
contains "$(fresh policy show)" "    allowed: [$SENTINEL_HOST/closed, /srv]" "and directories"
fails_with 3 "what cannot be is told before anything is done" fresh_init "Which policy? [shop]" production "Adapt it to this machine" y "From which registries?" "" \
	"To which directories?" "no/path" "What is the new policy called? [production-here]" other
contains "$output" "other:" "with its place"
fails_with 3 "no answer there" fresh_init "Which policy? [shop]" production "Adapt it to this machine" y "From which registries?" ^D
contains "$output" "no answer: nothing was changed" "is none"
is "$(in_force)" shop "and changes nothing"
fails_with 3 "audit clear on a terminal asks" on_terminal "[y/N]" n -- "$SENTINEL" --local --config-dir "$SENTINEL_HOST/fresh" audit clear
contains "$output" "nothing was removed" "no is no"

# With a service.
start_bus
session() { "$SENTINEL" --bus session "$@"; }
fails_with 3 "authz status without a service" session authz status
contains "$output" "does not run" "says that it does not run, and not what the bus said"
guard_start --bus session
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

# Policies of one's own.
is "$(session policy create mine --template production)" "Policy mine was created" "policy create"
contains "$(session policy show mine)" "name: mine" "with its own name"
is "$(session policy show mine | grep -v ^name:)" "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/fresh2" policy show production | grep -v ^name:)" "and otherwise the template's text"
fails_with 2 "policy create of what is there" session policy create mine
contains "$output" "sentinel policy edit mine" "says what is meant"
fails_with 3 "policy create without its template" session policy create other --template nonesuch
is "$(session --json policy create other | jq -c '[.success, .data]')" '[true,{"policy":"other","result":"was created"}]' "policy create --json, of the default one"
is "$(EDITOR="sed -i s/^description:.*/description:\\ edited/" session policy edit mine)" "Policy mine was changed" "policy edit"
is "$(session --json policy list | jq -c '.data.policies[] | select(.name == "mine") | [.mode, .description, .active]')" '["enforce","edited",false]' "and policy list shows it"
contains "$(session policy list)" "edited" "also as a table"
contains "$(EDITOR=true session policy edit mine)" "mine" "an editor that changes nothing"
fails_with 3 "policy edit to what does not load" env EDITOR="sed -i s/^mode:.*/mode:\\ wrong/" "$SENTINEL" --bus session policy edit mine
contains "$output" "mode: expected enforce, warn or audit" "says why"
contains "$output" "your text is in " "and where the text is"
fails_with 3 "an editor that fails" env EDITOR=false "$SENTINEL" --bus session policy edit mine
contains "$output" "nothing was changed" "changes nothing"
fails_with 3 "policy delete of the one in force" session policy delete production
is "$(session policy delete mine)" "Policy mine was deleted" "policy delete"
is "$(session --json policy delete other | jq -c .data)" '{"policy":"other","result":"was deleted"}' "policy delete --json"
fails_with 3 "policy delete of what is not there" session policy delete mine

session policy create mine > /dev/null
for words in "policy use default" "policy show" "policy edit mine" "authz reload" "policy use production"; do
	read -ra words <<< "$words"
	is "$(EDITOR=true session --json "${words[@]}" | jq .success)" true "${words[*]} --json"
done
contains "$(session config show)" "active_policy            production" "config show has what is in force"
printf 'sockets:\n  docker: {group: docker}\n  ci: {identity: fixed, policy: nowhere}\n' >> "$dir/config.yaml"
session authz reload > /dev/null
is "$(session --json socket list | jq -c '[.data.sockets[] | [.name, .path, .group, .listens]]')" '[["docker","/run/sentinel/docker.sock","docker",false],["ci","/run/sentinel/fixed/ci.sock","root",false]]' "socket list"
is "$(session socket list | awk '{ print $1, $2 }' | xargs)" "SOCKET STATE docker absent ci refuses" "... as a table"
is "$(session --json socket show docker | jq -r .data.policy)" active "socket show"
contains "$(session socket show ci)" "problem   its policy nowhere cannot be had: " "... of one that refuses everything"
fails_with 3 "... of one that is not there" session socket show other
contains "$(session doctor)" "socket ci: its policy nowhere cannot be had" "doctor tells of it"
contains "$(session authz status)" "   Socket: $PLUGIN_SOCKET
    Asked: never since the service started" "authz status says the socket, and that nothing was asked there"
curl -s --unix-socket "$PLUGIN_SOCKET" http://p/AuthZPlugin.AuthZReq -d '{"RequestMethod": "GET", "RequestUri": "/_ping"}' > /dev/null
contains "$(session authz status)" "    Asked: since $(date +%Y-%m-%d)" "and since when it was"

# exec: docker is played by a script.
mkdir "$SENTINEL_HOST/bin"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "docker $*"\nexit 7\n' > "$SENTINEL_HOST/bin/docker"
chmod 755 "$SENTINEL_HOST/bin/docker"
runs() { env PATH="$SENTINEL_HOST/bin:$PATH" "$SENTINEL" --bus session "$@"; }
fails_with 7 "exec is docker, with its exit code" runs exec -- docker ps -a
is "$output" "docker ps -a" "... and its words"
fails_with 7 "... also without the first of them" runs exec -- ps -a
is "$output" "docker ps -a" "the same"
fails_with 1 "exec of what is denied" runs exec -- docker run --privileged ubuntu
contains "$output" "BLOCKED BY SENTINEL" "says why, and docker does not run"
is "$(grep -c "docker run --privileged ubuntu" <<< "$(runs --json exec -- docker run --privileged ubuntu | jq -r .data.command)")" 1 "exec --json is validate's answer"
printf '#!/bin/sh\nkill -TERM $$\n' > "$SENTINEL_HOST/bin/docker"
fails_with 143 "a signal that ended docker is a shell's number" runs exec -- docker ps
printf '#!/bin/sh\ntrap "echo asked; exit 5" TERM\necho here\nwhile :; do sleep 0.1; done\n' > "$SENTINEL_HOST/bin/docker"
env PATH="$SENTINEL_HOST/bin:$PATH" "$SENTINEL" --bus session exec -- docker ps > "$SENTINEL_HOST/signalled" &
exec_pid=$!
wait_for 10 grep -q here "$SENTINEL_HOST/signalled"
kill -TERM $exec_pid
wait $exec_pid
is "$? $(tail -1 "$SENTINEL_HOST/signalled")" "5 asked" "a signal to exec is docker's"
printf '#!/bin/sh\necho "docker $*"\nexit 7\n' > "$SENTINEL_HOST/bin/docker"
is "$(runs exec -- docker run nginx:1.25 2> "$SENTINEL_HOST/warned")" "docker run nginx:1.25" "of what is allowed with warnings the standard output is docker's"
mkdir -p "$dir/locale"
cp -r "$(dirname "$(find /usr/lib/locale/C.[Uu]* -maxdepth 1 -name LC_CTYPE | head -1)")" "$dir/locale/de_DE.UTF-8"
is "$(LOCPATH=$dir/locale LC_ALL=de_DE.UTF-8 runs exec -- docker run nginx:1.25 2>&1 | head -1)" "✅ ERLAUBT, mit Warnungen (Risiko: 20/100)" "also in another language"
contains "$(cat "$SENTINEL_HOST/warned")" "ALLOWED, with warnings (Risk Score: 20/100)
⚠️  [MEDIUM] The container runs as root" "and the warnings are on the other"
is "$(runs --quiet exec -- docker run nginx:1.25 2>&1)" "docker run nginx:1.25" "--quiet has none"
fails_with 2 "exec with a private instance" "$SENTINEL" --local exec -- docker ps

old=$SENTINEL_HOST/old
mkdir -p "$old/audit"
for id in 1 2 3; do
	echo '{"v":1,"id":'$id',"time":'$id'000000,"decision":"denied","mode":"enforce","policy":"p","score":40,"max_score":50,"user":"alice","findings":[]}'
done > "$old/audit/audit.jsonl"
of_old() { "$SENTINEL" --local --config-dir "$old" "$@"; }
fails_with 2 "audit clear does not remove unasked" of_old audit clear
contains "$output" "--yes" "and says how it would"
is "$(of_old audit clear --until 1970-01-01T00:00:02Z --yes)" "1 records removed" "audit clear --until"
is "$(of_old --json audit clear -y | jq -c '[.success, .data.entries]')" "[true,3]" "audit clear --json, with the record of the first time"
is "$(of_old --json audit list | jq -r '.data.entries[] | [.endpoint, .user, .subject] | join(" ")')" "sentinel.clear root 3" "what remains says who did it"

# What a container writes names no decision: 1 is somebody else's.
printf '#!/bin/sh\necho "authorization denied by plugin sentinel: Decision 1, policy p" >&2\nexit 9\n' > "$SENTINEL_HOST/bin/docker"
fails_with 9 "exec --force of what only a container says was denied" runs exec --force -- docker run --privileged ubuntu
contains "$output" "no denial of this command is certainly yours" "... makes no grant"
# The service's own word does: of the same call, of the same user, since then.
printf '#!/bin/sh\nnow=$(date +%%s)\nfor row in "901 root docker.create.--privileged.other" "902 root docker.create.--privileged.ubuntu" "903 alice docker.create.--privileged.ubuntu"; do set -- $row; echo "{\\"v\\":1,\\"id\\":$1,\\"time\\":$((now + 1))000000,\\"decision\\":\\"denied\\",\\"mode\\":\\"enforce\\",\\"policy\\":\\"p\\",\\"score\\":40,\\"max_score\\":50,\\"user\\":\\"$2\\",\\"command\\":\\"$(echo "$3" | tr . " ")\\",\\"findings\\":[]}"; done >> %s\nexit 9\n' "$dir/audit/audit.jsonl" > "$SENTINEL_HOST/bin/docker"
runs exec --force -- docker run --privileged ubuntu > "$dir/forced" 2>&1
contains "$(cat "$dir/forced")" "902" "exec --force takes the decision that the service has"

# init, where there is a Docker; the private bus is the system's for it.
system() { DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS "$@"; }
engine() { # [PLUGIN_SOCKET]
	python3 "$here/engine.py" "${DOCKER_HOST#unix://}" "$@" 2> /dev/null &
	engine_pid=$!
	wait_for 10 test -S "${DOCKER_HOST#unix://}"
}
engine_stop() {
	kill "$engine_pid"
	wait "$engine_pid" 2> /dev/null
	rm -f "${DOCKER_HOST#unix://}"
}
engine
is "$(system "$SENTINEL" --json init | jq -c .data)" '{"policy":"production","mode":"enforce","changed":false,"docker_asks":false}' "init --json says whether Docker asks"
fails_with 0 "init asks about Docker before it does anything" system on_terminal "Which policy? [production]" "" "Adapt it to this machine" n "Make Docker ask the guard now?" n -- "$SENTINEL" init
contains "$output" "Next: sudo sentinel authz install" "no is the command for later"
fails_with 3 "a yes is asked for once more" system on_terminal "Which policy? [production]" "" "Adapt it to this machine" n "Make Docker ask the guard now?" y "Do this? [y/N]" n -- "$SENTINEL" init
contains "$output" "To be done:
  Docker asks the guard from then on" "with what it means"
contains "$output" "nothing was changed" "and a no is one"
fails_with 0 "init --policy asks about Docker only" system on_terminal "Make Docker ask the guard now?" n -- "$SENTINEL" init --policy production
contains "$output" "Next: sudo sentinel authz install" "no is the command for later"
fails_with 3 "the end of the input there" system on_terminal "[y/N]" ^D -- "$SENTINEL" init --policy production
contains "$output" "Docker's configuration was not changed" "is no as well, and an error"
fails_with 0 "--no-interactive does not ask on a terminal" system on_terminal -- "$SENTINEL" init --policy production --no-interactive
contains "$output" "Next: sudo sentinel authz install" "but says the command"
engine_stop
engine "$PLUGIN_SOCKET"
fails_with 0 "where Docker asks there is no question about it" system on_terminal -- "$SENTINEL" init --policy production
contains "$output" "Docker asks Sentinel about every call" "but the good news"
engine_stop
rm "$dir"/policies/*
for words in "policy list" "init --no-interactive"; do
	read -ra words <<< "$words"
	fails_with 3 "${words[*]} without policy files" session "${words[@]}"
	contains "$output" "put the templates back with: sudo systemctl restart sentineld" "says what to do"
done
fails_with 3 "policy show without policy files" session policy show
contains "$output" "there is no policy file in $dir/policies; a restart of sentineld puts the templates back" "too"
guard_stop
contains "$(local_sentinel policy list)" production "which it does"
fails_with 3 "init needs the service" system "$SENTINEL" init --no-interactive
contains "$output" "is the package installed?" "and says so"
fails_with 3 "no service is not a denial" session validate -- docker ps
answers_hold "socket list" "socket show" "audit clear" "policy use" "policy edit" "authz reload" version doctor init validate exec "policy list" "policy create" "policy delete" "authz status"
done_testing
