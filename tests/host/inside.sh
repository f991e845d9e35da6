#!/bin/bash
# inside.sh RELEASE COMMAND...: runs the command as root in the Debian of that release which rootfs.sh makes, on a throw-away
# copy of its files: a mount namespace whose root it is, with the machine's /proc, /sys, /dev and /tmp, the sources of this
# project where they are (read-only), and build/debian/RELEASE below the build directory, which stays.
# The programs of that release are there, built by its compiler: SENTINELD, SENTINEL, SENTINEL_PIN, SENTINEL_PROXY, CROWD.  SOURCE_ROOT and BUILD_ROOT are set by meson.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${SOURCE_ROOT:?the sources}" "${BUILD_ROOT:?the build directory}"

if [ "${1:-}" = --within ]; then
	root=$2 out=$3
	shift 3
	mount -t tmpfs -o mode=755 tmpfs /mnt
	mkdir /mnt/{upper,work,root}
	mount -t overlay overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
	cd /mnt/root
	for directory in proc sys dev tmp; do
		mount --rbind "/$directory" "/mnt/root/$directory"
	done
	mkdir -p "./$SOURCE_ROOT" "./$out"
	mount --bind "$SOURCE_ROOT" "./$SOURCE_ROOT"
	mount -o remount,bind,ro "./$SOURCE_ROOT"
	mount --bind "$out" "./$out"
	if [ -n "$EXAMPLES" ]; then
		mkdir -p "./$EXAMPLES"
		mount --bind "$EXAMPLES" "./$EXAMPLES"
	fi
	mkdir .machine
	pivot_root . .machine
	umount -l /.machine
	cd /
	exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root TERM=dumb \
		SOURCE_ROOT="$SOURCE_ROOT" SENTINELD="$out/programs/daemon/sentineld" SENTINEL="$out/programs/cli/sentinel" \
		SENTINEL_PIN="$out/programs/pin/sentinel-pin" SENTINEL_PROXY="$out/programs/proxy/sentinel-proxy" CROWD="$out/programs/crowd" EXAMPLES="$EXAMPLES" "$@"
fi

release=$1
shift
root=$("$here/rootfs.sh" "$release")
out=$BUILD_ROOT/debian/$release
mkdir -p "$out"
# Images that are made on this machine, and are the same for every Docker.
EXAMPLES=
[[ ${*: -1} != */test-pin-examples.sh ]] || EXAMPLES=$(bash "$here/../e2e/example-images.sh")
export EXAMPLES
exec unshare --mount --propagation private -- bash "$0" --within "$root" "$out" "$@"
