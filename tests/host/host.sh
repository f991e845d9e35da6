# shellcheck shell=bash disable=SC2016
# A whole Debian for one script: booted by systemd-nspawn with systemd as process 1, D-Bus, polkit,
# logind and Docker, no network, its changes thrown away at the end.  Root inside is root of the same
# kernel: it is a test host, not a place for strangers.  Needs root, systemd-container, mmdebstrap and
# what builds the package; SOURCE_ROOT, BUILD_ROOT and RELEASE are set by meson, `here` by the script.  RELEASE says which Debian,
# and so which Docker; when it is not this machine's, the package is built in there (inside.sh).
. "$here/../e2e/wait.sh"

host_boot() { # [SCRIPT]: what makes the tree
	host_rootfs=$("$here/${1:-rootfs.sh}" "$RELEASE") || bail_out "there is no Debian to boot"
	host=$(mktemp -d /var/tmp/sentinel-host-XXXXXX)
	mkdir "$host"/{upper,work,docker,disk,root}
	# These suites start Docker more often than a person: its unit gives up at the fourth start within a minute.
	mkdir -p "$host/upper/etc/systemd/system/docker.service.d"
	printf '[Unit]\nStartLimitIntervalSec=0\n' > "$host/upper/etc/systemd/system/docker.service.d/tests.conf"
	host_name=$(basename "$host")
	trap host_stop EXIT
	trap 'exit 143' TERM INT
	host_start
}

host_start() {
	host_make_cgroups
	setsid unshare --mount --propagation private -- bash "$here/launch.sh" "$host" "$host_rootfs" "$host_name" < /dev/null > "$host/console.log" 2>&1 &
	host_nspawn=$!
	wait_for 60 host_is_up || {
		tail -20 "$host/console.log" >&2
		bail_out "the host did not come up$(in_a_container)"
	}
}

# Why there may be no machine here, as the end of a sentence; nothing on a machine.
in_a_container() {
	local kind
	kind=$(systemd-detect-virt --container) || return 0
	echo "; this is itself a container ($kind), in which systemd-nspawn may not start a machine: run this suite on a machine"
}

# Off and on again, with the same disk.
host_reboot() {
	host_end
	host_start
}

# A group of our own on every hierarchy that nspawn uses, so that all that runs can be found and ended.
host_make_cgroups() {
	local hierarchy
	: > "$host/cgroups"
	for hierarchy in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup; do
		[ "$hierarchy" != /sys/fs/cgroup ] || [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ] || continue
		[ -d "$hierarchy" ] || continue
		mkdir -p "$hierarchy/$host_name" && echo "$hierarchy/$host_name" >> "$host/cgroups"
	done
}

host_is_up() {
	host_leader=$(ps -o pid= --ppid "$host_nspawn" | awk 'NR == 1 { print $1 }')
	[ -n "$host_leader" ] && [ "$(cat "/proc/$host_leader/comm")" = systemd ] || return 1
	case $(in_host systemctl is-system-running) in running | degraded) ;; *) return 1 ;; esac
}

host_processes() {
	local group
	while read -r group; do
		[ -d "$group" ] && find "$group" -name cgroup.procs -exec cat {} +
	done < "$host/cgroups" 2> /dev/null | grep -vx 0 | sort -un
}

host_end() {
	local group
	kill -TERM "$host_nspawn" 2> /dev/null
	wait_for 20 host_is_gone || host_processes | xargs -r kill -KILL 2> /dev/null
	wait_for 5 host_is_gone
	while read -r group; do
		[ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} + 2> /dev/null
	done < "$host/cgroups"
}
host_stop() {
	host_end
	rm -rf --one-file-system "$host"
}
host_is_gone() { [ -z "$(host_processes)" ]; }

clean_env=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb HOME=/root)

in_host() { nsenter --all --target "$host_leader" "${clean_env[@]}" "$@"; }

# as USER COMMAND...: in no session, as cron or a daemon would
as() {
	local user=$1
	shift
	in_host setpriv --reuid "$user" --regid "$user" --init-groups env HOME="/home/$user" USER="$user" LOGNAME="$user" "$@"
}

# in_session local|remote USER COMMAND...: in a session of logind, on seat0 or on no seat
in_session() {
	local kind=$1 user=$2 run=(systemd-run --quiet --wait --collect --pipe --service-type=exec)
	shift 2
	run+=(--uid="$user" --property=PAMName=login --setenv=XDG_SESSION_CLASS=user)
	if [ "$kind" = local ]; then
		run+=(--setenv=XDG_SEAT=seat0 --setenv=XDG_SESSION_TYPE="${SESSION_TYPE:-wayland}")
	else
		run+=(--setenv=XDG_SESSION_TYPE=tty)
	fi
	in_host "${run[@]}" -- "${@//\$/\$\$}"
}

host_package() {
	if [ "$RELEASE" = "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" ]; then
		"$here/package.sh" "$SOURCE_ROOT" "$BUILD_ROOT/package"
	else
		"$here/inside.sh" "$RELEASE" "$here/package.sh" "$SOURCE_ROOT" "$BUILD_ROOT/debian/$RELEASE/package"
	fi
}

host_install() { # [PACKAGE...]: others of this source, besides docker-sentinel
	local package name
	package=$(host_package) || bail_out "the package cannot be built"
	for name in docker-sentinel "$@"; do
		in_host sh -c "cat > /root/$name.deb" < "$(echo "${package%/*}/${name}"_*.deb)"
		output=$(in_host dpkg -i "/root/$name.deb" 2>&1) || {
			echo "$output" >&2
			bail_out "the package $name cannot be installed"
		}
	done
}

host_image() {
	in_host bash -c 'd=$(mktemp -d) && mkdir -p $d/bin $d/tmp && cp /bin/busybox $d/bin/ && for a in sh echo sleep cat id ls; do ln -s busybox $d/bin/$a; done &&
		tar -C $d -c . | docker import - busybox:1.36' > /dev/null || bail_out "there is no image"
}

# The plugin in Docker's configuration, without the means of the project itself.
host_guard_docker() {
	in_host sh -c 'mkdir -p /etc/docker && echo "{\"authorization-plugins\": [\"sentinel\"], \"iptables\": false, \"bridge\": \"none\"}" > /etc/docker/daemon.json'
	in_host systemctl restart docker || bail_out "Docker does not start with the plugin"
}

sentinel_bus=(io.github.dockersentinel.Sentinel1 /io/github/dockersentinel/Sentinel1)
property() { in_host busctl get-property "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Manager "$1" | cut -d' ' -f2-; }
main_pid() { in_host systemctl show --value -p MainPID sentineld.service; }
