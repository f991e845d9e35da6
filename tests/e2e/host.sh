# shellcheck shell=bash
# A private Docker host for one script: mount, process, network and IPC namespaces of its own, with a tmpfs over
# /run (so the plugin's socket is nobody else's, and the machine's systemd is out of reach) and over
# /etc/docker (dockerd writes a key there), a network of a loopback and its own sysctls (so that nothing depends on the
# machine's, and no bridge of a test is the machine's), dockerd with its own data root and cgroup parent,
# and sentineld on the plugin socket.  Everything ends with the script, however it ends.
# Needs root, SENTINELD and SENTINEL (the programs), the packages of group "docker", and a function
# bail_out MESSAGE that ends the script.
. "$(dirname "${BASH_SOURCE[0]}")/wait.sh"

PLUGIN_SOCKET=/run/docker/plugins/sentinel.sock

# host_enter "$0" "$@": runs the script again inside; returns when it is inside already.
host_enter() {
	: "${SENTINELD:?the sentineld to test}" "${SENTINEL:?the sentinel to test}"
	if [ -z "${SENTINEL_HOST:-}" ]; then
		SENTINEL_HOST=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-XXXXXX")
		SENTINEL_OUTSIDE=$(readlink /proc/self/ns/net)
		export SENTINEL_HOST SENTINEL_OUTSIDE
		local code=0 inside
		# A process group of its own, so that signals come through here and the files go when all has ended;
		# a death that nobody can catch takes the namespace along.
		set -m
		setpriv --pdeathsig KILL unshare --mount --net --ipc --pid --fork --kill-child --mount-proc --propagation private -- bash "$@" < /dev/null &
		inside=$!
		set +m
		trap 'kill -TERM -- "-$inside" 2> /dev/null' INT TERM HUP
		while wait "$inside" || code=$?; kill -0 "$inside" 2> /dev/null; do
			code=0
		done
		rm -rf --one-file-system "$SENTINEL_HOST"
		cgroups_remove
		exit $code
	fi
	network_setup
	mount -t tmpfs -o mode=755 tmpfs /run
	[ ! -d /etc/docker ] || mount -t tmpfs -o mode=755 tmpfs /etc/docker
	mkdir -m 700 /run/docker
	mkdir /run/docker/plugins
	export DOCKER_HOST=unix://$SENTINEL_HOST/docker.sock DOCKER_CONFIG=$SENTINEL_HOST/docker-config
	export DOCKER_CLI_HINTS=false
	# Debian's Docker, not one that somebody has put beside it.
	export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
	trap 'host_leave' EXIT
	trap 'exit 143' TERM INT HUP
}

# A network that is the same everywhere.  What a Docker of its own would have switched on (ip-forward) is on.
network_setup() {
	busybox ip link set lo up || bail_out "there is no loopback"
	echo 1 > /proc/sys/net/ipv4/ip_forward
	[ ! -e /proc/sys/net/ipv6/conf/all/forwarding ] || echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
}

host_leave() {
	docker_stop
	guard_stop
	umount -R "$SENTINEL_HOST" 2>/dev/null || true
}

# Containers have their cgroups under one of this host's own; dockerd leaves that behind.
cgroup_parent() { echo "/${SENTINEL_HOST##*/}"; }
cgroups_remove() {
	find /sys/fs/cgroup -depth -type d -path "*$(cgroup_parent)*" -exec rmdir {} + 2> /dev/null
}

# guard_start [OPTION...]: sentineld with its files in $SENTINEL_HOST/guard
guard_start() {
	: > "$SENTINEL_HOST/guard.log.new"
	"$SENTINELD" --config-dir "$SENTINEL_HOST/guard" --authz-socket $PLUGIN_SOCKET --docker-host "$DOCKER_HOST" --bus none "$@" > "$SENTINEL_HOST/guard.log.new" 2>&1 &
	guard_pid=$!
	wait_for 20 grep -q 'is ready' "$SENTINEL_HOST/guard.log.new" || {
		cat "$SENTINEL_HOST/guard.log.new" >&2
		bail_out "sentineld did not start"
	}
	mv "$SENTINEL_HOST/guard.log.new" "$SENTINEL_HOST/guard.log"
}

# guard_policy NAME: written to the configuration before the guard starts
guard_policy() {
	mkdir -p "$SENTINEL_HOST/guard"
	echo "active_policy: $1" > "$SENTINEL_HOST/guard/config.yaml"
}
# The same; a line for each call, also for those that only look.
guard_policy_all_reads() {
	guard_policy "$1"
	echo "audit: {log_reads: all}" >> "$SENTINEL_HOST/guard/config.yaml"
}

# Without its cgroups (on a machine inside a container) Docker drops --memory and --pids-limit, so that what it keeps has none: then the
# template NAME without those demands.  Before the guard starts.
guard_template_fits() {
	[ ! -d /sys/fs/cgroup/memory ] && ! grep -qsw memory /sys/fs/cgroup/cgroup.controllers || return 0
	mkdir -p "$SENTINEL_HOST/guard/policies"
	sed -E -e 's/^( *require_(resource|pids)_limits?:) true/\1 false/' -e '/^tests:/,$d' "$here/../../policies/$1.yaml" > "$SENTINEL_HOST/guard/policies/$1.yaml"
}

guard_log() { cat "$SENTINEL_HOST/guard.log"; }
guard_logged() { grep -qF -- "$1" "$SENTINEL_HOST/guard.log"; }

guard_end() { # SIGNAL
	[ -n "${guard_pid:-}" ] || return 0
	kill "-$1" "$guard_pid" 2> /dev/null || true
	wait "$guard_pid" 2> /dev/null || true
	guard_pid=
}
guard_stop() { guard_end TERM; }
guard_kill() { guard_end KILL; }

# The decisions of the journal of record, without what happened to the service itself.
journal() { grep -av '^{"v":[0-9],"id":[0-9]*,"time":[0-9]*,"kind":' "$SENTINEL_HOST/guard/audit/audit.jsonl"; }

# The docker command without what it warns of: that depends on the kernel and on Docker's version, and is not what is compared.
docker() {
	{
		command docker "$@" 2>&1 >&3 3>&- | sed -u '/^WARNING: /d' >&2 3>&-
		return "${PIPESTATUS[0]}"
	} 3>&1
}

# docker_spawn [OPTION...], docker_ready: docker_start in two steps
docker_spawn() {
	docker_spawn_plain "{}" --authorization-plugin sentinel "$@"
}

# docker_spawn_plain CONFIGURATION [OPTION...]: with what daemon.json says, which docker_reconfigure replaces while it runs
docker_spawn_plain() {
	echo "$1" > "$SENTINEL_HOST/daemon.json"
	shift
	sleep 0.1 # the kernel counts the age of a process in ticks: the file is older, and that can be seen
	dockerd --host "$DOCKER_HOST" --data-root "$SENTINEL_HOST/data" --exec-root "$SENTINEL_HOST/exec" --pidfile "$SENTINEL_HOST/docker.pid" \
		--config-file "$SENTINEL_HOST/daemon.json" --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "$(cgroup_parent)" --bridge none --iptables=false --ip-masq=false --ip-forward=false \
		"$@" > "$SENTINEL_HOST/docker.log" 2>&1 &
	docker_pid=$!
}
docker_reconfigure() { # CONFIGURATION
	echo "$1" > "$SENTINEL_HOST/daemon.json"
	kill -HUP "$docker_pid"
	sleep 1
}

docker_ready() {
	wait_for 30 docker version || {
		grep -v module=grpc "$SENTINEL_HOST/docker.log" | tail -20 >&2
		bail_out "dockerd did not start"
	}
}

docker_start() {
	docker_spawn "$@"
	docker_ready
}

docker_stop() {
	[ -n "${docker_pid:-}" ] || return 0
	kill "$docker_pid" 2> /dev/null || true
	wait "$docker_pid" 2> /dev/null || true
	docker_pid=
}

# busybox:1.36, from the machine's own static busybox
image_import() {
	local root=$SENTINEL_HOST/image program
	mkdir -p "$root/bin" "$root/tmp"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for program in sh echo sleep cat id ls; do
		ln -sf busybox "$root/bin/$program"
	done
	tar -C "$root" -c . | docker import - busybox:1.36
}

# The decision ids in a denial, as an administrator would look them up.
denial_id() { sed -n 's/^Decision \([0-9]*\), policy .*/\1/p' <<< "$1"; }

# A session bus of this script's own.
start_bus() {
	local address
	address=$(dbus-daemon --session --fork --print-address=1 --address="unix:path=$SENTINEL_HOST/bus") || bail_out "dbus-daemon did not start"
	export DBUS_SESSION_BUS_ADDRESS=$address
}
