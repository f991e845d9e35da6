#!/bin/bash
# SPDX-License-Identifier: MIT
# The verbs and options that the command line has: the help lists them, and those of one word alone.
set -u
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/../e2e/tap.sh"
# shellcheck source=tests/cli/answers.sh
. "$(dirname "$0")/answers.sh"

# The verbs in the lines of a help.
names() { sed -nE '/^Options:/q; s/^  ([a-z-]+( [a-z]+)?) .*/\1/p' | sed -E 's/^((version|doctor|init|validate|exec|scan|scan-secrets|help)) .*/\1/'; }

verbs=$("$SENTINEL" help | names)
is "$(wc -l <<< "$verbs")" "$(grep -c '^[[:space:]]VERB(' "$(dirname "$0")/../../cli/verb.h")" "the help has all verbs"
while read -ra words; do
	fails_with 0 "${words[*]} has a help" "$SENTINEL" "${words[@]}" --help
	contains "$output" "Usage: sentinel ${words[*]}" "of its own"
done <<< "$verbs"

succeeds "help with a verb is its help" [ "$("$SENTINEL" help policy show)" = "$("$SENTINEL" policy show --help)" ]
succeeds "also of a group" [ "$("$SENTINEL" help policy)" = "$("$SENTINEL" --help policy)" ]
for option in --version -V 'version --json --version'; do
	read -ra words <<< "$option"
	contains "$("$SENTINEL" "${words[@]}")" "$("$SENTINEL" version | cut -d' ' -f2)" "sentinel $option"
done
fails_with 2 "no verb at all is a mistake: a script's variable may be empty" "$SENTINEL"
contains "$output" "Usage: sentinel" "and it says what there is"
for line in 'frob --json' 'policy frob --json' 'policy list x --json' 'audit list --frob --json' 'audit list -n x --json' '--json'; do
	read -ra words <<< "$line"
	is "$("$SENTINEL" "${words[@]}" 2>&1 | jq -c '[.success, .error.code]')" '[false,"usage"]' "sentinel $line answers JSON"
done
fails_with 2 "a word is missing" "$SENTINEL" scan
is "$output" "sentinel: scan: expected IMAGE; see: sentinel help scan" "which is said once"
while IFS= read -r name; do
	[ "$name" = json ] || is "$("$SENTINEL" --json "--$name" 2> /dev/null | jq -e . > /dev/null; echo $?)" 0 "--$name without a verb, as JSON"
done < <("$SENTINEL" help --json | jq -r '.data.options[].name')

# What belongs together by its first word.
for group in policy audit authz; do
	own=$(grep "^$group " <<< "$verbs")
	fails_with 0 "$group --help" "$SENTINEL" "$group" --help
	is "$(names <<< "$output")" "$own" "lists the verbs of $group"
	fails_with 2 "$group alone is half a verb" "$SENTINEL" "$group"
	is "$(names <<< "$output")" "$own" "and lists them too"
	fails_with 2 "$group alone, with --json" "$SENTINEL" --json "$group"
	is "$(jq -r '.error.message' <<< "$output" | sed 's/.*There are: //; s/, /\n/g')" "$own" "one answer, with the same"
done
fails_with 0 "options may stand between the words" "$SENTINEL" policy --local --help list
contains "$output" "Usage: sentinel policy list" "it is the same verb"

# An option belongs to its verb: what another one has is not known.
while IFS='|' read -r part line; do
	read -ra words <<< "$line"
	fails_with 2 "sentinel $line" "$SENTINEL" "${words[@]}"
	contains "$output" "$part" "says $part"
done <<'ROWS'
unknown option --builder|authz uninstall --builder
unknown option --restart-docker|authz stop --restart-docker
unknown option --format|audit tail --format csv
unknown option --yes|audit list --yes
unknown option --reason|validate --reason x -- docker ps
unknown option --force|init --force
unknown option --fail-on|policy list --fail-on
did you mean --fail-on-secrets?|scan-secrets --fail-on-secret x
there is no verb "policy frob"|policy frob
there is no verb "policy frob"|policy --local frob
there is no verb "frob"|frob
there is no verb "frob"|frob nicate
did you mean authz status?|status
did you mean pin list, socket list, audit list, grant list, policy list?|list
sentinel validate --, or sentinel exec --|run ubuntu
sentinel validate --, or sentinel exec --|docker run ubuntu
if it is docker's, put --|validate docker run --privileged x
did you mean policy show?|policy shwo
did you mean policy show?|polcy show
did you mean scan-secrets?|scan-secret
there is no verb "policy frob"|help policy frob
unknown option -x|audit list -x
--user: expected USER|audit tail -u
--json takes no value|audit list --json=1
expected a number above 0|audit list -n 0
expected a number above 0|audit list -n 4294967296
authz install is for the system's service|authz install --local
authz stop is for the system's service|authz stop --bus session
ROWS
for line in 'audit list --frob' 'policy list --frob' 'scan --frob x'; do
	read -ra words <<< "$line"
	is "$("$SENTINEL" "${words[@]}" 2>&1)" "sentinel: unknown option --frob" "nothing of docker's is meant by: $line"
done
is "$(SENTINEL_CONFIG_DIR=/x "$SENTINEL" scan 2>&1)" "sentinel: scan: expected IMAGE; see: sentinel help scan" "a wrong line is all that is said"
is "$(SENTINEL_CONFIG_DIR=/x "$SENTINEL" help scan 2>&1 | head -1)" "Usage: sentinel scan [OPTIONS] IMAGE" "and help asks no service"
answers_hold help version
done_testing
