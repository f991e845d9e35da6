# shellcheck shell=bash
# Trees of Debian that tests run in, made once: kept below ${XDG_CACHE_HOME:-/var/cache}/docker-sentinel under a name that changes with what makes
# them.  Needs root and mmdebstrap; packages come from the archive that this machine's apt uses.

# shellcheck disable=SC2016 # apt fills it in
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/\?$')

# kept_tree NAME WHAT MAKE: runs `MAKE DIRECTORY` when there is no tree of that name, made by this script and of WHAT, and prints where it is.
kept_tree() {
	local name=$1 what=$2 make=$3 cache=${XDG_CACHE_HOME:-/var/cache}/docker-sentinel tree
	tree=$cache/$name-$({ echo "$mirror $what"; cat "$0" "${BASH_SOURCE[0]}"; } | sha256sum | cut -c1-12)
	mkdir -p "$cache"
	exec 9> "$cache/lock-$name"
	flock 9 # another test may be making it
	if [ ! -d "$tree" ]; then
		new=$tree.new
		rm -rf --one-file-system "$new"
		trap 'rm -rf --one-file-system "$new"' EXIT
		"$make" "$new" 9>&- >&2
		rm -rf "$new/var/lib/apt/lists/"* "$new/var/cache/apt/"*.bin
		mv "$new" "$tree"
		trap - EXIT
	fi
	echo "$tree"
}

# debian_into DIRECTORY SUITE OPTION...: a tree that is thrown away needs no fsync, and the archive of sid may be a copy that is some days old.
debian_into() {
	mmdebstrap --mode=root --format=directory --quiet --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt=force-unsafe-io "${@:3}" "$2" "$1" "$mirror"
}
