# shellcheck shell=bash
# A new machine for each of the things that the README promises of one: systemd-nspawn over the tree of tree.sh, with this
# source tree (what git knows of it) in /root/docker-sentinel, and this machine's network.  Root inside is root of the
# same kernel.  Needs root, mmdebstrap and systemd-container; `here` and `source_root` are set by the script.
. "$here/../e2e/wait.sh"
. "$here/../host/host.sh" # cgroups, and the end of all that runs in them

# on_a_new_machine SUITE SCRIPT ARGUMENT...: SCRIPT runs inside; its exit status is the answer
on_a_new_machine() {
	local suite=$1 archives code=0
	shift
	host_rootfs=$("$here/tree.sh" "$suite") || bail_out "there is no $suite to start from"
	archives=${host_rootfs%/*}/archives-$suite
	mkdir -p "$archives/partial"
	exec 8> "$archives.lock" # apt wants them for itself
	flock 8
	host=$(mktemp -d /var/tmp/sentinel-fresh-XXXXXX)
	host_name=$(basename "$host")
	trap host_stop EXIT
	trap 'exit 143' TERM INT
	mkdir -p "$host"/{work,root,upper/root/docker-sentinel}
	source_files | tar -C "$source_root" --null -T - -c | tar -C "$host/upper/root/docker-sentinel" --no-same-owner -x
	host_make_cgroups
	unshare --mount --propagation private -- bash "$here/launch.sh" "$host" "$host_rootfs" "$archives" "$host_name" bash "$@" < /dev/null 8>&- &
	host_nspawn=$!
	wait $host_nspawn || code=$?
	[ $code -eq 0 ] || [ -z "$(in_a_container)" ] || echo "# if nothing ran$(in_a_container)"
	host_stop
	trap - EXIT TERM INT
	return $code
}

source_files() {
	local file
	git -c safe.directory='*' -C "$source_root" ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
		[ ! -e "$source_root/$file" ] || printf '%s\0' "$file"
	done
}
