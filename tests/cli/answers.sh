# shellcheck shell=bash
# What is answered with --json is what schemas/ says: sourced, it puts a program before $SENTINEL that keeps such answers; at the end
# answers_hold VERB... looks at all of them, and wants some of each of these verbs.
answers_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SENTINEL_ANSWERS=$(mktemp -d)
SENTINEL_REAL=${SENTINEL_REAL:-$SENTINEL} # a script that begins again has it already
answers_name=SENTINEL # as a script that never names it here would get it
export "$answers_name=$answers_root/tests/cli/answers"
export SENTINEL_REAL SENTINEL_ANSWERS

answers_hold() { # VERB...
	local problems
	problems=$(python3 -B "$answers_root/tests/cli/answers.py" "$answers_root/schemas" "$SENTINEL_ANSWERS" "$@" 2>&1)
	is "$problems" "" "what --json answered is what schemas/ says, also of: $*"
	rm -rf "$SENTINEL_ANSWERS"
}
