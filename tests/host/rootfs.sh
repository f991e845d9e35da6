#!/bin/bash
# rootfs.sh RELEASE: makes (once) a Debian of that release with its Docker, and prints where it
# is: what the host tests boot and what the end-to-end tests of other Dockers run in.  One that is not this machine's release
# also has what builds the programs and the package.  Kept below ${XDG_CACHE_HOME:-/var/cache}/docker-sentinel under a
# name that changes with this file.  Needs root and mmdebstrap; packages come from the archive that this machine's apt uses.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
release=${1:?the release of Debian}

packages=systemd,systemd-sysv,libpam-systemd,libnss-systemd,dbus,polkitd,pkexec,docker.io,iptables,iproute2,procps,login,passwd,sudo
packages+=,python3-minimal,expect,jq,curl,busybox-static,ca-certificates,libglib2.0-bin,dbus-daemon,sqlite3
case $release in
bookworm) packages+=,docker-compose ;;
*) packages+=,docker-cli,docker-buildx,docker-compose ;;
esac
if [ "$release" = "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" ]; then
	# what the package of this project depends on
	packages+=,libarchive13,libcurl4,libglib2.0-0,libjson-glib-1.0-0,libmicrohttpd12,libsqlite3-0,libsystemd0,libyaml-0-2
else
	packages+=,build-essential,debhelper,$(awk '$1 == "build" { print $2 }' "$here/../packages.txt" | paste -sd,)
fi

# shellcheck disable=SC2016 # apt fills it in
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/\?$')
cache=${XDG_CACHE_HOME:-/var/cache}/docker-sentinel
root=$cache/host-$release-$({ echo "$mirror $packages"; cat "$0"; } | sha256sum | cut -c1-12)

mkdir -p "$cache"
exec 9> "$cache/lock-$release"
flock 9 # another test may be making it
if [ -d "$root" ]; then
	echo "$root"
	exit
fi

new=$root.new
rm -rf --one-file-system "$new"
trap 'rm -rf --one-file-system "$new"' EXIT
# The archive of sid may be a copy that is some days old.
mmdebstrap --mode=root --variant=minbase --format=directory --quiet --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Check-Valid-Until "false"' \
	--aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/locale/*' --include="$packages" "$release" "$new" "$mirror" 9>&- >&2

echo sentinel-host > "$new/etc/hostname"
printf '127.0.0.1\tlocalhost sentinel-host\n' > "$new/etc/hosts"
: > "$new/etc/resolv.conf"
: > "$new/etc/machine-id"
# The kernel is shared: nothing that would set it up, and no work of its own.
systemctl --root="$new" --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
	fstrim.timer console-getty.service getty.target systemd-sysctl.service systemd-modules-load.service systemd-udevd.service 2> /dev/null
mkdir -p "$new/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' > "$new/etc/systemd/journald.conf.d/tests.conf"

# Users whose password is their name: admin may become root, alice may use Docker, mallory may nothing.
add_user() { # NAME GROUPS
	chroot "$new" useradd -m -s /bin/bash ${2:+-G "$2"} "$1"
	echo "$1:$1" | chroot "$new" chpasswd
}
add_user admin sudo,docker
add_user alice docker
add_user mallory ""
rm -rf "$new/var/lib/apt/lists/"* "$new/var/cache/apt/"*.bin
mv "$new" "$root"
trap - EXIT
echo "$root"
