/* SPDX-License-Identifier: MIT
 *
 * The flags of docker run, create, update (docker/cli cli/command/container/opts.go, run.go, create.go).
 */
#include "request/argv/commands/flags.h"
#include "request/argv/commands/verbs.h"

/* Those that docker run and docker create share. */
#define CONTAINER_FLAGS        \
	{ "add-host", 0, HOST, NULL, 0 }, { "annotation", 0, TEXT, NULL, 0 }, { "attach", 'a', ATTACH, NULL, 0 }, \
	{ "blkio-weight", 0, UINT16, NULL, 0 }, { "blkio-weight-device", 0, WEIGHT, NULL, 0 }, { "cap-add", 0, TEXT, NULL, 0 }, \
	{ "cap-drop", 0, TEXT, NULL, 0 }, { "cgroup-parent", 0, TEXT, NULL, MARK_ONE }, { "cgroupns", 0, TEXT, NULL, MARK_ONE }, { "cidfile", 0, TEXT, NULL, 0 }, \
	{ "cpu-count", 0, INT, NULL, MARK_WINDOWS }, { "cpu-percent", 0, INT, NULL, MARK_WINDOWS }, { "cpu-period", 0, INT, NULL, 0 }, \
	{ "cpu-quota", 0, INT, NULL, 0 }, { "cpu-rt-period", 0, INT, NULL, 0 }, { "cpu-rt-runtime", 0, INT, NULL, 0 }, \
	{ "cpu-shares", 'c', INT, NULL, 0 }, { "cpus", 0, CPUS, NULL, MARK_ONE }, { "cpuset-cpus", 0, TEXT, NULL, 0 }, { "cpuset-mems", 0, TEXT, NULL, 0 }, \
	{ "device", 0, TEXT, NULL, 0 }, { "device-cgroup-rule", 0, DEVICE_RULE, NULL, 0 }, { "device-read-bps", 0, BPS, NULL, 0 }, \
	{ "device-read-iops", 0, IOPS, NULL, 0 }, { "device-write-bps", 0, BPS, NULL, 0 }, { "device-write-iops", 0, IOPS, NULL, 0 }, \
	{ "disable-content-trust", 0, SWITCH, NULL, 0 }, { "dns", 0, ADDRESS, NULL, 0 }, { "dns-opt", 0, TEXT, "dns-option", 0 }, \
	{ "dns-option", 0, TEXT, NULL, 0 }, { "dns-search", 0, DOMAIN, NULL, 0 }, { "domainname", 0, TEXT, NULL, 0 }, \
	{ "entrypoint", 0, TEXT, NULL, 0 }, { "env", 'e', ENV, NULL, MARK_SECRET }, { "env-file", 0, TEXT, NULL, 0 }, { "expose", 0, TEXT, NULL, 0 }, \
	{ "gpus", 0, GPUS, NULL, 0 }, { "group-add", 0, TEXT, NULL, 0 }, { "health-cmd", 0, TEXT, NULL, 0 }, \
	{ "health-interval", 0, DURATION, NULL, 0 }, { "health-retries", 0, INT, NULL, 0 }, { "health-start-interval", 0, DURATION, NULL, 0 }, \
	{ "health-start-period", 0, DURATION, NULL, 0 }, { "health-timeout", 0, DURATION, NULL, 0 }, { "help", 0, SWITCH, NULL, 0 }, \
	{ "hostname", 'h', TEXT, NULL, 0 }, { "init", 0, SWITCH, NULL, 0 }, { "interactive", 'i', SWITCH, NULL, 0 }, \
	{ "io-maxbandwidth", 0, BYTES, NULL, MARK_WINDOWS }, { "io-maxiops", 0, UINT, NULL, MARK_WINDOWS }, { "ip", 0, TEXT, NULL, 0 }, \
	{ "ip6", 0, TEXT, NULL, 0 }, { "ipc", 0, TEXT, NULL, MARK_ONE }, { "isolation", 0, TEXT, NULL, 0 }, { "kernel-memory", 0, BYTES, NULL, 0 }, \
	{ "label", 'l', LABEL, NULL, MARK_SECRET }, { "label-file", 0, TEXT, NULL, 0 }, { "link", 0, LINK, NULL, 0 }, \
	{ "link-local-ip", 0, TEXT, NULL, 0 }, { "log-driver", 0, TEXT, NULL, 0 }, { "log-opt", 0, TEXT, NULL, MARK_SECRET }, \
	{ "mac-address", 0, TEXT, NULL, 0 }, { "memory", 'm', BYTES, NULL, MARK_ONE }, { "memory-reservation", 0, BYTES, NULL, 0 }, \
	{ "memory-swap", 0, SWAP, NULL, 0 }, { "memory-swappiness", 0, INT, NULL, 0 }, { "mount", 0, MOUNT, NULL, 0 }, { "name", 0, TEXT, NULL, 0 }, \
	{ "net", 0, NETWORK, "network", MARK_ONE }, { "net-alias", 0, TEXT, "network-alias", 0 }, { "network", 0, NETWORK, NULL, MARK_ONE }, \
	{ "network-alias", 0, TEXT, NULL, 0 }, { "no-healthcheck", 0, SWITCH, NULL, 0 }, { "oom-kill-disable", 0, SWITCH, NULL, 0 }, \
	{ "oom-score-adj", 0, INT, NULL, 0 }, { "pid", 0, TEXT, NULL, MARK_ONE }, { "pids-limit", 0, INT, NULL, MARK_ONE }, { "platform", 0, TEXT, NULL, 0 }, \
	{ "privileged", 0, SWITCH, NULL, MARK_ONE }, { "publish", 'p', TEXT, NULL, 0 }, { "publish-all", 'P', SWITCH, NULL, 0 }, \
	{ "pull", 0, TEXT, NULL, 0 }, { "quiet", 'q', SWITCH, NULL, 0 }, { "read-only", 0, SWITCH, NULL, MARK_ONE }, { "restart", 0, TEXT, NULL, 0 }, \
	{ "rm", 0, SWITCH, NULL, 0 }, { "runtime", 0, TEXT, NULL, MARK_ONE }, { "security-opt", 0, TEXT, NULL, 0 }, { "shm-size", 0, BYTES, NULL, 0 }, \
	{ "stop-signal", 0, TEXT, NULL, 0 }, { "stop-timeout", 0, INT, NULL, 0 }, { "storage-opt", 0, TEXT, NULL, 0 }, \
	{ "sysctl", 0, SYSCTL, NULL, 0 }, { "tmpfs", 0, TEXT, NULL, 0 }, { "tty", 't', SWITCH, NULL, 0 }, { "ulimit", 0, ULIMIT, NULL, 0 }, \
	{ "use-api-socket", 0, SWITCH, NULL, 0 }, { "user", 'u', TEXT, NULL, MARK_ONE }, { "userns", 0, TEXT, NULL, MARK_ONE }, { "uts", 0, TEXT, NULL, MARK_ONE }, \
	{ "volume", 'v', TEXT, NULL, 0 }, { "volume-driver", 0, TEXT, NULL, 0 }, { "volumes-from", 0, TEXT, NULL, 0 }, \
	{ "workdir", 'w', TEXT, NULL, 0 }

static const Flag create_rows[] = { CONTAINER_FLAGS };
static const Flag run_rows[] = {
	CONTAINER_FLAGS,
	{ "detach", 'd', SWITCH, NULL, 0 }, { "detach-keys", 0, TEXT, NULL, 0 }, { "sig-proxy", 0, SWITCH, NULL, 0 },
};

const FlagTable container_create_flags = { create_rows, G_N_ELEMENTS(create_rows) };
const FlagTable container_run_flags = { run_rows, G_N_ELEMENTS(run_rows) };
