#!/bin/bash
# tree.sh SUITE: a Debian as its installer leaves it when nothing is chosen (priorities required and important), made
# once, and prints where it is.  Kept below ${XDG_CACHE_HOME:-/var/cache}/docker-sentinel under a name that changes with
# this file.  Needs root and mmdebstrap; packages come from the archive that this machine's apt uses.
set -euo pipefail
suite=$1
# shellcheck disable=SC2016 # apt fills it in
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/\?$')
cache=${XDG_CACHE_HOME:-/var/cache}/docker-sentinel
tree=$cache/fresh-$suite-$({ echo "$mirror"; cat "$0"; } | sha256sum | cut -c1-12)

mkdir -p "$cache"
exec 9> "$cache/fresh-$suite.lock"
flock 9 # somebody else may be making it
if [ -d "$tree" ]; then
	echo "$tree"
	exit
fi

new=$tree.new
rm -rf --one-file-system "$new"
trap 'rm -rf --one-file-system "$new"' EXIT
# A tree that is thrown away needs no fsync, and a person answers "yes" (unstable may be older than it says).
mmdebstrap --mode=root --variant=- --format=directory --quiet --include=ca-certificates \
	--aptopt='Acquire::Retries "3"' --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Get::Assume-Yes "true"' \
	--dpkgopt=force-unsafe-io "$suite" "$new" "$mirror" 9>&- >&2
echo sentinel-fresh > "$new/etc/hostname"
rm -rf "$new/var/lib/apt/lists/"* "$new/var/cache/apt/"*.bin
mv "$new" "$tree"
trap - EXIT
echo "$tree"
