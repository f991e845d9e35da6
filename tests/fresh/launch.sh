#!/bin/bash
# launch.sh STATE TREE ARCHIVES NAME COMMAND...: within a mount namespace of its own, so that nothing stays mounted.
# The machine has this one's network, for apt, and keeps the packages that it fetches in ARCHIVES.
set -e
state=$1 tree=$2 archives=$3 name=$4
shift 4
while read -r group; do echo $$ > "$group/cgroup.procs"; done < "$state/cgroups"
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$state/upper,workdir=$state/work" "$state/root"
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
exec systemd-nspawn --quiet --directory="$state/root" --as-pid2 --pipe --machine="$name" --hostname=sentinel-fresh --register=no --keep-unit \
	--capability=all --system-call-filter='add_key keyctl bpf' --bind="$archives:/var/cache/apt/archives" --chdir=/root/docker-sentinel \
	--setenv=LANG=C.UTF-8 --setenv=DEBIAN_FRONTEND=noninteractive --resolv-conf=copy-host --timezone=off --link-journal=no -- "$@"
