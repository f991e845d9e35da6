#!/bin/bash
# launch.sh STATE ROOTFS NAME: within a mount namespace of its own, so that nothing stays mounted.
set -e
state=$1 rootfs=$2 name=$3
while read -r group; do echo $$ > "$group/cgroup.procs"; done < "$state/cgroups"
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$state/upper,workdir=$state/work" "$state/root"
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
# On the real disk: /var/lib/docker, for Docker's overlays cannot lie on an overlay, and /srv/disk, for what is pinned cannot either.
exec systemd-nspawn --quiet --directory="$state/root" --boot --machine="$name" --hostname=sentinel-host --register=no --keep-unit \
	--private-network --capability=all --system-call-filter='add_key keyctl bpf' --bind="$state/docker:/var/lib/docker" --bind="$state/disk:/srv/disk" \
	--resolv-conf=off --timezone=off --link-journal=no --console=read-only
