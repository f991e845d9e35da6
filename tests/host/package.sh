#!/bin/bash
# package.sh SOURCE OUT: builds the Debian package of the tree in SOURCE and puts it into OUT, unless
# the one that is there is of the same files.
set -euo pipefail
source=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)

exec 9> "$out/lock"
flock 9
files() { (cd "$source" && find . -path './build*' -prune -o -path ./.git -prune -o -type f -print0 | sort -z); }
stamp=$(files | (cd "$source" && xargs -0 sha256sum) | sha256sum | cut -d' ' -f1)
if [ "$(cat "$out/stamp" 2> /dev/null)" != "$stamp" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/tree"
	files | tar -C "$source" --null -T - -c | tar -C "$work/tree" -x
	(cd "$work/tree" && dpkg-buildpackage -b -us -uc -j2) > "$out/build.log" 2>&1 || {
		tail -30 "$out/build.log" >&2
		exit 1
	}
	rm -f "$out"/*.deb "$out"/*.changes
	mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$out/"
	echo "$stamp" > "$out/stamp"
fi
ls "$out"/docker-sentinel_*.deb
