#!/bin/bash
# desktop-tree.sh RELEASE: what a desktop has more than the Debian of rootfs.sh: a screen without a device, dunst, a session bus
# for each user.  Made (once) in a copy of that tree, for an overlay cannot be made where the kept ones may lie; prints where it is.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../kept-tree.sh"
packages=(dbus-user-session dunst fonts-dejavu-core xclip xvfb)

# Within a mount namespace of its own: apt writes into the tree, with this machine's network.
if [ "$1" = --within ]; then
	mount --bind "$2" /mnt
	cd /mnt
	for directory in proc sys dev; do
		mount --rbind "/$directory" "./$directory"
	done
	for directory in tmp run var/lib/apt/lists var/cache/apt/archives; do
		mount -t tmpfs tmpfs "./$directory"
	done
	mkdir ./var/cache/apt/archives/partial ./var/lib/apt/lists/partial
	mount --bind "$(realpath /etc/resolv.conf)" ./etc/resolv.conf
	# Nothing of it is started: there is no systemd in here.
	in_tree=(chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive)
	"${in_tree[@]}" apt-get -qq -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false update
	"${in_tree[@]}" apt-get -qq -o Acquire::Retries=3 -o DPkg::Use-Pty=0 -o DPkg::Options::=--force-unsafe-io -y --no-install-recommends install "${packages[@]}" > /dev/null
	exit
fi

release=${1:?the release of Debian}
base=$("$here/rootfs.sh" "$release")
make() {
	cp -a "$base" "$1"
	unshare --mount --propagation private -- bash "$here/desktop-tree.sh" --within "$1"
}
kept_tree "desktop-$release" "$base ${packages[*]}" make
