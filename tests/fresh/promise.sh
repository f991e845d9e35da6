#!/bin/bash
# promise.sh build|quickstart|package...: what README.md says about it, typed on this (new) machine.  Prints TAP.
set -uo pipefail
. tests/e2e/tap.sh

# The commands of the n-th block of shell commands below a heading of README.md.
commands() { # HEADING N
	awk -v heading="## $1" -v wanted="$2" '
		/^## / { inside = $0 == heading }
		inside && /^```console$/ { block++ }
		inside && block == wanted && /^[$#] / { print substr($0, 3) }
		/^```$/ && block == wanted { exit }' README.md | sed 's/ *# .*//; s/\<sudo //g'
}

type_all() { # WHAT HEADING N
	local line lines=0
	while IFS= read -r line; do
		lines=$((lines + 1))
		succeeds "$1: $line" bash -c "$line"
	done < <(commands "$2" "$3")
	[ $lines -gt 0 ] || bail_out "README.md has no commands in block $3 of \"$2\""
}

absent() { ! command -v "$1" > /dev/null; }
denied() { # SENTINEL
	fails_with 1 "... and it answers" "$1" --local --config-dir /root/sentinel validate --policy production -- docker run --privileged ubuntu
	contains "$output" "BLOCKED BY SENTINEL (Risk Score: 65/100)" "... as README.md says"
}

promise_build() {
	type_all "built by hand" "Quick start" 2
	denied build/cli/sentinel
	succeeds "the tests that need no more pass" meson test -C build --no-rebuild
	fails_with 1 "with all_tests it is refused here" meson setup build-all -Dall_tests=true
	contains "$output" "tests/install-packages build docker check" "... and the way out is named"
	tests/install-packages --list build docker check > /root/packages
	succeeds "all packages that the tests need are of this release" xargs -a /root/packages apt-get install --simulate
}

promise_quickstart() {
	type_all "quick start" "Quick start" 1
}

promise_package() {
	type_all "the package" "Guarding this machine's Docker" 1
	denied sentinel
}

for program in gcc meson docker git xmllint; do
	succeeds "a new machine has no $program" absent "$program"
done
for promise; do
	"promise_$promise"
done
done_testing
