/* SPDX-License-Identifier: MIT */
#include "request/argv-flags.h"

#define SPEC(member) offsetof(ContainerSpec, member)
#define ON true
#define VALUE false

/* The flags that docker run and docker create share. */
#define CONTAINER_FLAGS                                                                                               \
	{ "add-host", 0, VALUE, NULL, 0, false }, { "annotation", 0, VALUE, NULL, 0, false },                         \
	{ "attach", 'a', VALUE, NULL, 0, false }, { "blkio-weight", 0, VALUE, NULL, 0, false },                       \
	{ "blkio-weight-device", 0, VALUE, NULL, 0, false },                                                          \
	{ "cap-add", 0, VALUE, flag_capability, SPEC(cap_add), false },                                               \
	{ "cap-drop", 0, VALUE, flag_capability, SPEC(cap_drop), false },                                             \
	{ "cgroup-parent", 0, VALUE, flag_text, SPEC(cgroup_parent), false },                                         \
	{ "cgroupns", 0, VALUE, flag_text, SPEC(cgroupns_mode), false }, { "cidfile", 0, VALUE, NULL, 0, false },     \
	{ "cpu-count", 0, VALUE, NULL, 0, false }, { "cpu-percent", 0, VALUE, NULL, 0, false },                       \
	{ "cpu-period", 0, VALUE, NULL, 0, false }, { "cpu-quota", 0, VALUE, flag_int, SPEC(cpu_quota), false },      \
	{ "cpu-rt-period", 0, VALUE, NULL, 0, false }, { "cpu-rt-runtime", 0, VALUE, NULL, 0, false },                \
	{ "cpu-shares", 'c', VALUE, NULL, 0, false }, { "cpus", 0, VALUE, flag_cpus, SPEC(nano_cpus), false },        \
	{ "cpuset-cpus", 0, VALUE, NULL, 0, false }, { "cpuset-mems", 0, VALUE, NULL, 0, false },                     \
	{ "device", 0, VALUE, flag_device, 0, false },                                                                \
	{ "device-cgroup-rule", 0, VALUE, flag_list, SPEC(device_cgroup_rules), false },                              \
	{ "device-read-bps", 0, VALUE, NULL, 0, false }, { "device-read-iops", 0, VALUE, NULL, 0, false },            \
	{ "device-write-bps", 0, VALUE, NULL, 0, false }, { "device-write-iops", 0, VALUE, NULL, 0, false },          \
	{ "disable-content-trust", 0, ON, NULL, 0, false }, { "dns", 0, VALUE, flag_list, SPEC(dns), false },         \
	{ "dns-opt", 0, VALUE, NULL, 0, false }, { "dns-option", 0, VALUE, NULL, 0, false },                          \
	{ "dns-search", 0, VALUE, NULL, 0, false }, { "domainname", 0, VALUE, NULL, 0, false },                       \
	{ "entrypoint", 0, VALUE, flag_entrypoint, 0, false }, { "env", 'e', VALUE, flag_env, 0, true },              \
	{ "env-file", 0, VALUE, flag_env_file, 0, false }, { "expose", 0, VALUE, NULL, 0, false },                    \
	{ "gpus", 0, VALUE, flag_gpus, 0, false }, { "group-add", 0, VALUE, NULL, 0, false },                         \
	{ "health-cmd", 0, VALUE, NULL, 0, false }, { "health-interval", 0, VALUE, NULL, 0, false },                  \
	{ "health-retries", 0, VALUE, NULL, 0, false }, { "health-start-interval", 0, VALUE, NULL, 0, false },        \
	{ "health-start-period", 0, VALUE, NULL, 0, false }, { "health-timeout", 0, VALUE, NULL, 0, false },          \
	{ "help", 0, ON, NULL, 0, false }, { "hostname", 'h', VALUE, flag_text, SPEC(hostname), false },              \
	{ "init", 0, ON, NULL, 0, false }, { "interactive", 'i', ON, NULL, 0, false },                                \
	{ "io-maxbandwidth", 0, VALUE, NULL, 0, false }, { "io-maxiops", 0, VALUE, NULL, 0, false },                  \
	{ "ip", 0, VALUE, NULL, 0, false }, { "ip6", 0, VALUE, NULL, 0, false },                                      \
	{ "ipc", 0, VALUE, flag_text, SPEC(ipc_mode), false }, { "isolation", 0, VALUE, NULL, 0, false },             \
	{ "kernel-memory", 0, VALUE, NULL, 0, false }, { "label", 'l', VALUE, flag_label, 0, true },                  \
	{ "label-file", 0, VALUE, flag_label_file, 0, false }, { "link", 0, VALUE, NULL, 0, false },                  \
	{ "link-local-ip", 0, VALUE, NULL, 0, false },                                                                \
	{ "log-driver", 0, VALUE, flag_text, SPEC(log_driver), false }, { "log-opt", 0, VALUE, NULL, 0, true },       \
	{ "mac-address", 0, VALUE, NULL, 0, false }, { "memory", 'm', VALUE, flag_bytes, SPEC(memory), false },       \
	{ "memory-reservation", 0, VALUE, NULL, 0, false }, { "memory-swap", 0, VALUE, NULL, 0, false },              \
	{ "memory-swappiness", 0, VALUE, NULL, 0, false }, { "mount", 0, VALUE, flag_mount, 0, false },               \
	{ "name", 0, VALUE, flag_text, SPEC(name), false }, { "net", 0, VALUE, flag_network, 0, false },              \
	{ "net-alias", 0, VALUE, NULL, 0, false }, { "network", 0, VALUE, flag_network, 0, false },                   \
	{ "network-alias", 0, VALUE, NULL, 0, false }, { "no-healthcheck", 0, ON, NULL, 0, false },                   \
	{ "oom-kill-disable", 0, ON, flag_switch, SPEC(oom_kill_disable), false },                                    \
	{ "oom-score-adj", 0, VALUE, flag_int, SPEC(oom_score_adj), false },                                          \
	{ "pid", 0, VALUE, flag_text, SPEC(pid_mode), false },                                                        \
	{ "pids-limit", 0, VALUE, flag_int, SPEC(pids_limit), false }, { "platform", 0, VALUE, NULL, 0, false },      \
	{ "privileged", 0, ON, flag_switch, SPEC(privileged), false },                                                \
	{ "publish", 'p', VALUE, flag_port, 0, false },                                                               \
	{ "publish-all", 'P', ON, flag_switch, SPEC(publish_all_ports), false },                                      \
	{ "pull", 0, VALUE, NULL, 0, false }, { "quiet", 'q', ON, NULL, 0, false },                                   \
	{ "read-only", 0, ON, flag_switch, SPEC(read_only_rootfs), false },                                           \
	{ "restart", 0, VALUE, flag_text, SPEC(restart_policy), false },                                              \
	{ "rm", 0, ON, flag_switch, SPEC(auto_remove), false },                                                       \
	{ "runtime", 0, VALUE, flag_text, SPEC(runtime), false },                                                     \
	{ "security-opt", 0, VALUE, flag_security, 0, false }, { "shm-size", 0, VALUE, NULL, 0, false },              \
	{ "stop-signal", 0, VALUE, NULL, 0, false }, { "stop-timeout", 0, VALUE, NULL, 0, false },                    \
	{ "storage-opt", 0, VALUE, NULL, 0, false }, { "sysctl", 0, VALUE, flag_sysctl, 0, false },                   \
	{ "tmpfs", 0, VALUE, flag_tmpfs, 0, false }, { "tty", 't', ON, NULL, 0, false },                              \
	{ "ulimit", 0, VALUE, NULL, 0, false }, { "use-api-socket", 0, ON, NULL, 0, false },                          \
	{ "user", 'u', VALUE, flag_text, SPEC(user), false },                                                         \
	{ "userns", 0, VALUE, flag_text, SPEC(userns_mode), false },                                                  \
	{ "uts", 0, VALUE, flag_text, SPEC(uts_mode), false }, { "volume", 'v', VALUE, flag_volume, 0, false },       \
	{ "volume-driver", 0, VALUE, NULL, 0, false },                                                                \
	{ "volumes-from", 0, VALUE, flag_list, SPEC(volumes_from), false },                                           \
	{ "workdir", 'w', VALUE, flag_text, SPEC(working_dir), false }

static const Flag create_rows[] = { CONTAINER_FLAGS };
static const Flag run_rows[] = {
	CONTAINER_FLAGS,
	{ "detach", 'd', ON, NULL, 0, false },
	{ "detach-keys", 0, VALUE, NULL, 0, false },
	{ "sig-proxy", 0, ON, NULL, 0, false },
};

static const Flag exec_rows[] = {
	{ "detach", 'd', ON, NULL, 0, false },
	{ "detach-keys", 0, VALUE, NULL, 0, false },
	{ "env", 'e', VALUE, flag_env, 0, true },
	{ "env-file", 0, VALUE, flag_env_file, 0, false },
	{ "help", 0, ON, NULL, 0, false },
	{ "interactive", 'i', ON, NULL, 0, false },
	{ "privileged", 0, ON, flag_switch, SPEC(privileged), false },
	{ "tty", 't', ON, NULL, 0, false },
	{ "user", 'u', VALUE, flag_text, SPEC(user), false },
	{ "workdir", 'w', VALUE, flag_text, SPEC(working_dir), false },
};

static const Flag build_rows[] = {
	{ "add-host", 0, VALUE, NULL, 0, false },
	{ "build-arg", 0, VALUE, NULL, 0, true },
	{ "cache-from", 0, VALUE, NULL, 0, false },
	{ "cgroup-parent", 0, VALUE, flag_text, SPEC(cgroup_parent), false },
	{ "compress", 0, ON, NULL, 0, false },
	{ "cpu-period", 0, VALUE, NULL, 0, false },
	{ "cpu-quota", 0, VALUE, NULL, 0, false },
	{ "cpu-shares", 'c', VALUE, NULL, 0, false },
	{ "cpuset-cpus", 0, VALUE, NULL, 0, false },
	{ "cpuset-mems", 0, VALUE, NULL, 0, false },
	{ "disable-content-trust", 0, ON, NULL, 0, false },
	{ "file", 'f', VALUE, NULL, 0, false },
	{ "force-rm", 0, ON, NULL, 0, false },
	{ "help", 0, ON, NULL, 0, false },
	{ "iidfile", 0, VALUE, NULL, 0, false },
	{ "isolation", 0, VALUE, NULL, 0, false },
	{ "label", 0, VALUE, NULL, 0, true },
	{ "memory", 'm', VALUE, NULL, 0, false },
	{ "memory-swap", 0, VALUE, NULL, 0, false },
	{ "network", 0, VALUE, flag_text, SPEC(network_mode), false },
	{ "no-cache", 0, ON, NULL, 0, false },
	{ "platform", 0, VALUE, NULL, 0, false },
	{ "pull", 0, ON, NULL, 0, false },
	{ "quiet", 'q', ON, NULL, 0, false },
	{ "rm", 0, ON, NULL, 0, false },
	{ "security-opt", 0, VALUE, flag_list, SPEC(security_opt), false },
	{ "shm-size", 0, VALUE, NULL, 0, false },
	{ "squash", 0, ON, NULL, 0, false },
	{ "tag", 't', VALUE, flag_image_tag, 0, false },
	{ "target", 0, VALUE, NULL, 0, false },
	{ "ulimit", 0, VALUE, NULL, 0, false },
};

static const Flag pull_rows[] = {
	{ "all-tags", 'a', ON, NULL, 0, false }, { "disable-content-trust", 0, ON, NULL, 0, false }, { "help", 0, ON, NULL, 0, false },
	{ "platform", 0, VALUE, NULL, 0, false }, { "quiet", 'q', ON, NULL, 0, false },
};

static const Flag start_rows[] = {
	{ "attach", 'a', ON, NULL, 0, false },     { "checkpoint", 0, VALUE, NULL, 0, false },   { "checkpoint-dir", 0, VALUE, NULL, 0, false },
	{ "detach-keys", 0, VALUE, NULL, 0, false }, { "help", 0, ON, NULL, 0, false },          { "interactive", 'i', ON, NULL, 0, false },
};

static const Flag volume_create_rows[] = {
	{ "availability", 0, VALUE, NULL, 0, false }, { "driver", 'd', VALUE, NULL, 0, false }, { "group", 0, VALUE, NULL, 0, false },
	{ "help", 0, ON, NULL, 0, false },            { "label", 0, VALUE, NULL, 0, true },     { "limit-bytes", 0, VALUE, NULL, 0, false },
	{ "name", 0, VALUE, flag_text, SPEC(name), false }, { "opt", 'o', VALUE, flag_volume_option, 0, false },
	{ "required-bytes", 0, VALUE, NULL, 0, false }, { "scope", 0, VALUE, NULL, 0, false },  { "secret", 0, VALUE, NULL, 0, false },
	{ "sharing", 0, VALUE, NULL, 0, false },      { "topology-preferred", 0, VALUE, NULL, 0, false },
	{ "topology-required", 0, VALUE, NULL, 0, false }, { "type", 0, VALUE, NULL, 0, false },
};

#define TABLE(rows) { rows, G_N_ELEMENTS(rows) }
const FlagTable run_flags = TABLE(run_rows), create_flags = TABLE(create_rows), exec_flags = TABLE(exec_rows), build_flags = TABLE(build_rows),
		pull_flags = TABLE(pull_rows), push_flags = TABLE(pull_rows), start_flags = TABLE(start_rows),
		volume_create_flags = TABLE(volume_create_rows);
