#!/bin/bash
# desktop-tree.sh RELEASE: what a desktop has more than the Debian of rootfs.sh: a screen without a device, dunst, a session bus
# for each user.  Made (once) as a layer over that tree; prints lower directories for an overlay, the upper one first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../kept-tree.sh"
packages=(dbus-user-session dunst fonts-dejavu-core xclip xvfb)

# Within a mount namespace of its own: apt writes into the layer, with this machine's network.
if [ "$1" = --within ]; then
	base=$2 layer=$3
	mkdir -p "$layer" "$layer.work"
	mount -t overlay overlay -o "lowerdir=$base,upperdir=$layer,workdir=$layer.work" /mnt
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
	rm -rf --one-file-system "$1.work" # of one that was interrupted
	unshare --mount --propagation private -- bash "$here/desktop-tree.sh" --within "$base" "$1"
	rm -rf --one-file-system "$1.work"
}
echo "$(kept_tree "desktop-$release" "$base ${packages[*]}" make):$base"
