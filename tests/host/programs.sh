#!/bin/bash
# programs.sh RELEASE: builds the programs in the Debian of that release (see inside.sh), and says what its Docker is.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
mkdir -p "$BUILD_ROOT/debian"
log=$BUILD_ROOT/debian/$1.log

# shellcheck disable=SC2016 # for the shell inside
"$here/inside.sh" "$1" bash -c '
	build=${SENTINELD%/daemon/*}
	[ -f "$build/build.ninja" ] || meson setup "$build" "$SOURCE_ROOT" -Dtests=false -Dwerror=false || exit
	ninja -C "$build" all crowd' > "$log" 2>&1
built=$?
succeeds "the programs are built by the compiler of $1" test $built -eq 0
[ $built -eq 0 ] || tail -30 "$log" | sed 's/^/# /'
echo "# $("$here/inside.sh" "$1" dockerd --version)"
done_testing
