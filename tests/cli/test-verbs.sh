#!/bin/bash
# SPDX-License-Identifier: MIT
# The verbs and options that the command line has: the help lists them, and those of one word alone.
set -u
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/../e2e/tap.sh"

# The verbs in the lines of a help.
names() { sed -nE '/^Options:/q; s/^  ([a-z-]+( [a-z]+)?) .*/\1/p' | sed -E 's/^((version|doctor|init|validate|exec|scan|scan-secrets|help)) .*/\1/'; }

verbs=$("$SENTINEL" help | names)
is "$(wc -l <<< "$verbs")" "$(grep -c '^[[:space:]]VERB(' "$(dirname "$0")/../../cli/verb.h")" "the help has all verbs"
while read -ra words; do
	fails_with 0 "${words[*]} has a help" "$SENTINEL" "${words[@]}" --help
	contains "$output" "Usage: sentinel ${words[*]}" "of its own"
done <<< "$verbs"

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
--user: expected NAME|audit tail -u
--json takes no value|audit list --json=1
expected a number above 0|audit list -n 0
expected a number above 0|audit list -n 4294967296
authz install is for the system's service|authz install --local
authz stop is for the system's service|authz stop --bus session
ROWS
done_testing
