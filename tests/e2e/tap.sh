# shellcheck shell=bash
# Checks that print TAP.  A suite ends with done_testing.
tap_count=0
tap_failures=0

tap_result() { # OK? WHAT [DETAILS]
	tap_count=$((tap_count + 1))
	if [ "$1" = yes ]; then
		echo "ok $tap_count - $2"
		return
	fi
	tap_failures=$((tap_failures + 1))
	echo "not ok $tap_count - $2"
	sed 's/^/# /' <<< "${3:-}"
}

# is ACTUAL EXPECTED WHAT
is() {
	local good=no
	[ "$1" = "$2" ] && good=yes
	tap_result $good "$3" "got: $1
expected: $2"
}

# contains TEXT PART WHAT
contains() {
	local good=no
	[[ "$1" == *"$2"* ]] && good=yes
	tap_result $good "$3" "got: $1
expected to find: $2"
}

# succeeds WHAT COMMAND...; its output is shown when it does not
succeeds() {
	local what=$1 output good=yes
	shift
	output=$("$@" 2>&1) || good=no
	tap_result $good "$what" "$output"
}

# fails_with CODE WHAT COMMAND...; the output stays in $output
fails_with() {
	local code=$1 what=$2 actual=0
	shift 2
	output=$("$@" 2>&1) || actual=$?
	is "$actual" "$code" "$what"
}

bail_out() {
	echo "Bail out! $1"
	exit 1
}

done_testing() {
	echo "1..$tap_count"
	[ $tap_failures -eq 0 ]
}
