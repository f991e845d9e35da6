/* SPDX-License-Identifier: MIT
 *
 * The flags of docker service create and update (docker/cli cli/command/service/opts.go).
 */
#include "request/argv/commands/flags.h"
#include "request/argv/commands/verbs.h"

/* Those that both have. */
#define SERVICE_FLAGS        \
	{ "cap-add", 0, TEXT, NULL, 0 }, { "cap-drop", 0, TEXT, NULL, 0 }, { "credential-spec", 0, CREDENTIAL, NULL, 0 }, \
	{ "detach", 'd', SWITCH, NULL, 0 }, { "endpoint-mode", 0, TEXT, NULL, 0 }, { "entrypoint", 0, TEXT, NULL, 0 }, \
	{ "health-cmd", 0, TEXT, NULL, 0 }, { "health-interval", 0, POSITIVE, NULL, 0 }, { "health-retries", 0, INT, NULL, 0 }, \
	{ "health-start-interval", 0, POSITIVE, NULL, 0 }, { "health-start-period", 0, POSITIVE, NULL, 0 }, \
	{ "health-timeout", 0, POSITIVE, NULL, 0 }, { "hostname", 0, TEXT, NULL, 0 }, { "init", 0, SWITCH, NULL, 0 }, \
	{ "isolation", 0, TEXT, NULL, 0 }, { "limit-cpu", 0, CPUS, NULL, 0 }, { "limit-memory", 0, BYTES, NULL, 0 }, \
	{ "limit-pids", 0, INT, NULL, 0 }, { "log-driver", 0, TEXT, NULL, 0 }, { "log-opt", 0, TEXT, NULL, MARK_SECRET }, \
	{ "max-concurrent", 0, UINT, NULL, 0 }, { "no-healthcheck", 0, SWITCH, NULL, 0 }, { "no-resolve-image", 0, SWITCH, NULL, 0 }, \
	{ "oom-score-adj", 0, INT, NULL, 0 }, { "quiet", 'q', SWITCH, NULL, 0 }, { "read-only", 0, SWITCH, NULL, MARK_ONE }, \
	{ "replicas", 0, UINT, NULL, 0 }, { "replicas-max-per-node", 0, UINT, NULL, 0 }, { "reserve-cpu", 0, CPUS, NULL, 0 }, \
	{ "reserve-memory", 0, BYTES, NULL, 0 }, { "restart-condition", 0, TEXT, NULL, 0 }, { "restart-delay", 0, DURATION, NULL, 0 }, \
	{ "restart-max-attempts", 0, UINT, NULL, 0 }, { "restart-window", 0, DURATION, NULL, 0 }, { "rollback-delay", 0, DURATION, NULL, 0 }, \
	{ "rollback-failure-action", 0, TEXT, NULL, 0 }, { "rollback-max-failure-ratio", 0, FLOAT, NULL, 0 }, \
	{ "rollback-monitor", 0, DURATION, NULL, 0 }, { "rollback-order", 0, TEXT, NULL, 0 }, { "rollback-parallelism", 0, UINT, NULL, 0 }, \
	{ "stop-grace-period", 0, DURATION, NULL, 0 }, { "stop-signal", 0, TEXT, NULL, 0 }, { "tty", 't', SWITCH, NULL, 0 }, \
	{ "update-delay", 0, DURATION, NULL, 0 }, { "update-failure-action", 0, TEXT, NULL, 0 }, { "update-max-failure-ratio", 0, FLOAT, NULL, 0 }, \
	{ "update-monitor", 0, DURATION, NULL, 0 }, { "update-order", 0, TEXT, NULL, 0 }, { "update-parallelism", 0, UINT, NULL, 0 }, \
	{ "user", 'u', TEXT, NULL, MARK_ONE }, { "with-registry-auth", 0, SWITCH, NULL, 0 }, { "workdir", 'w', TEXT, NULL, 0 }

static const Flag create_rows[] = {
	SERVICE_FLAGS,
	{ "config", 0, TEXT, NULL, 0 }, { "constraint", 0, TEXT, NULL, 0 }, { "container-label", 0, LABEL, NULL, MARK_SECRET },
	{ "dns", 0, ADDRESS, NULL, 0 }, { "dns-option", 0, TEXT, NULL, 0 }, { "dns-search", 0, DOMAIN, NULL, 0 },
	{ "env", 'e', ENV, NULL, MARK_SECRET }, { "env-file", 0, TEXT, NULL, 0 }, { "generic-resource", 0, RESOURCE, NULL, 0 },
	{ "group", 0, TEXT, NULL, 0 }, { "host", 0, HOST, NULL, 0 }, { "label", 'l', LABEL, NULL, MARK_SECRET }, { "mode", 0, TEXT, NULL, 0 },
	{ "mount", 0, MOUNT, NULL, 0 }, { "name", 0, TEXT, NULL, 0 }, { "network", 0, NETWORK, NULL, MARK_ONE }, { "placement-pref", 0, SETTING, NULL, 0 },
	{ "publish", 'p', PORT, NULL, 0 }, { "secret", 0, TEXT, NULL, 0 }, { "sysctl", 0, TEXT, NULL, 0 }, { "ulimit", 0, ULIMIT, NULL, 0 },
};

static const Flag update_rows[] = {
	SERVICE_FLAGS,
	{ "args", 0, TEXT, NULL, 0 }, { "config-add", 0, TEXT, NULL, 0 }, { "config-rm", 0, TEXT, NULL, 0 }, { "constraint-add", 0, TEXT, NULL, 0 },
	{ "constraint-rm", 0, TEXT, NULL, 0 }, { "container-label-add", 0, LABEL, NULL, MARK_SECRET }, { "container-label-rm", 0, TEXT, NULL, 0 },
	{ "dns-add", 0, ADDRESS, NULL, 0 }, { "dns-option-add", 0, TEXT, NULL, 0 }, { "dns-option-rm", 0, TEXT, NULL, 0 },
	{ "dns-rm", 0, TEXT, NULL, 0 }, { "dns-search-add", 0, DOMAIN, NULL, 0 }, { "dns-search-rm", 0, TEXT, NULL, 0 },
	{ "env-add", 0, ENV, NULL, MARK_SECRET }, { "env-rm", 0, TEXT, NULL, 0 }, { "force", 0, SWITCH, NULL, 0 },
	{ "generic-resource-add", 0, RESOURCE, NULL, 0 }, { "generic-resource-rm", 0, TEXT, NULL, 0 }, { "group-add", 0, TEXT, NULL, 0 },
	{ "group-rm", 0, TEXT, NULL, 0 }, { "host-add", 0, HOST, NULL, 0 }, { "host-rm", 0, TEXT, NULL, 0 }, { "image", 0, TEXT, NULL, 0 },
	{ "label-add", 0, LABEL, NULL, MARK_SECRET }, { "label-rm", 0, TEXT, NULL, 0 }, { "mount-add", 0, MOUNT, NULL, 0 },
	{ "mount-rm", 0, TEXT, NULL, 0 }, { "network-add", 0, NETWORK, NULL, 0 }, { "network-rm", 0, TEXT, NULL, 0 },
	{ "placement-pref-add", 0, SETTING, NULL, 0 }, { "placement-pref-rm", 0, SETTING, NULL, 0 }, { "publish-add", 0, PORT, NULL, 0 },
	{ "publish-rm", 0, PORT, NULL, 0 }, { "rollback", 0, SWITCH, NULL, 0 }, { "secret-add", 0, TEXT, NULL, 0 },
	{ "secret-rm", 0, TEXT, NULL, 0 }, { "sysctl-add", 0, TEXT, NULL, 0 }, { "sysctl-rm", 0, TEXT, NULL, 0 },
	{ "ulimit-add", 0, ULIMIT, NULL, 0 }, { "ulimit-rm", 0, TEXT, NULL, 0 },
};

const FlagTable service_create_flags = { create_rows, G_N_ELEMENTS(create_rows) };
const FlagTable service_update_flags = { update_rows, G_N_ELEMENTS(update_rows) };
