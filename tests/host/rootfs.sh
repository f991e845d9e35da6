#!/bin/bash
# rootfs.sh RELEASE: makes (once) a Debian of that release with its Docker, and prints where it
# is: what the host tests boot and what the end-to-end tests of other Dockers run in.  One that is not this machine's release
# also has what builds the programs and the package.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../kept-tree.sh"
release=${1:?the release of Debian}

packages=systemd,systemd-sysv,libpam-systemd,libnss-systemd,dbus,polkitd,pkexec,docker.io,iptables,iproute2,procps,login,passwd,sudo
packages+=,python3-minimal,expect,jq,curl,busybox-static,ca-certificates,libglib2.0-bin,dbus-daemon,sqlite3,minisign
case $release in
bookworm) packages+=,docker-compose ;;
trixie) packages+=,docker-cli,docker-buildx,docker-compose,gitleaks,cosign,skopeo,docker-registry ;;
*) packages+=,docker-cli,docker-buildx,docker-compose,gitleaks ;;
esac
if [ "$release" = "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" ]; then
	# what the package of this project depends on
	packages+=,libarchive13,libcurl4,libglib2.0-0,libjson-glib-1.0-0,libmicrohttpd12,libsqlite3-0,libsystemd0,libyaml-0-2
else
	packages+=,build-essential,debhelper,$(awk '$1 == "build" { print $2 }' "$here/../packages.txt" | paste -sd,)
fi

# Users whose password is their name: admin may become root, alice may use Docker, mallory may nothing.
add_user() { # DIRECTORY NAME GROUPS
	chroot "$1" useradd -m -s /bin/bash ${3:+-G "$3"} "$2"
	echo "$2:$2" | chroot "$1" chpasswd
}

make() {
	debian_into "$1" "$release" --variant=minbase --aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/locale/*' --include="$packages"
	echo sentinel-host > "$1/etc/hostname"
	printf '127.0.0.1\tlocalhost sentinel-host\n' > "$1/etc/hosts"
	: > "$1/etc/resolv.conf"
	: > "$1/etc/machine-id"
	# The kernel is shared: nothing that would set it up, and no work of its own.
	systemctl --root="$1" --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
		fstrim.timer console-getty.service getty.target docker-registry.service systemd-sysctl.service systemd-modules-load.service systemd-udevd.service 2> /dev/null
	mkdir -p "$1/etc/systemd/journald.conf.d"
	printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' > "$1/etc/systemd/journald.conf.d/tests.conf"
	add_user "$1" admin sudo,docker
	add_user "$1" alice docker
	add_user "$1" mallory ""
}

kept_tree "host-$release" "$packages" make
