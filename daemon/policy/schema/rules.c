/* SPDX-License-Identifier: MIT
 *
 * rules: the sections that are there for what a container, an image, a call may be.
 */
#include <string.h>
#include "base/limits.h"
#include "policy/schema/schema.h"

/* Lists of {name|path, action, message} */

static void init_entry(void *element)
{
	*(Entry *)element = (Entry){ .name = "", .action = ACTION_BLOCK, .message = "" };
}

static void check_named(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	if (!*((Entry *)element)->name)
		field_error(loader, node, path, "the key name is missing");
}

static void check_path(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const Entry *entry = element;

	if (*entry->name != '/')
		field_error(loader, node, path, "%s", *entry->name ? "path must begin with /" : "the key path is missing");
}

static const Field capability_fields[] = {
	FIELD("name", Entry, name, field_text, STRICTER_KEY),
	FIELD("action", Entry, action, field_action),
	FIELD("message", Entry, message, field_text, STRICTER_SILENT),
};
static const Field warned_capability_fields[] = {
	FIELD("name", Entry, name, field_text, STRICTER_KEY),
	FIELD("message", Entry, message, field_text, STRICTER_SILENT),
	FIELD("require_own_network", Entry, require_own_network, field_flag, STRICTER_TRUE),
};
static const Section warned_capability_section = { warned_capability_fields, G_N_ELEMENTS(warned_capability_fields), sizeof(Entry), init_entry, check_named,
	"name" };

static const Section capability_section = { capability_fields, G_N_ELEMENTS(capability_fields), sizeof(Entry), init_entry, check_named, "name" };

static const Field path_fields[] = {
	FIELD("path", Entry, name, read_path, STRICTER_KEY),
	FIELD("action", Entry, action, field_action),
	FIELD("message", Entry, message, field_text, STRICTER_SILENT),
	FIELD("allow_read_only", Entry, allow_read_only, field_flag, STRICTER_FALSE),
	FIELD("allow_as_self", Entry, allow_as_self, field_flag, STRICTER_FALSE),
};
static const Section path_section = { path_fields, G_N_ELEMENTS(path_fields), sizeof(Entry), init_entry, check_path, "path" };

static const Field namespace_fields[] = {
	FIELD("network", Policy, namespaces[NS_NETWORK], read_rule, SWITCHES(RULE_HOST_NETWORK)),
	FIELD("pid", Policy, namespaces[NS_PID], read_rule, SWITCHES(RULE_HOST_PID)),
	FIELD("ipc", Policy, namespaces[NS_IPC], read_rule, SWITCHES(RULE_HOST_IPC)),
	FIELD("uts", Policy, namespaces[NS_UTS], read_rule, SWITCHES(RULE_HOST_UTS)),
	FIELD("userns", Policy, namespaces[NS_USERNS], read_rule, SWITCHES(RULE_HOST_USERNS)),
	FIELD("cgroup", Policy, namespaces[NS_CGROUP], read_rule, SWITCHES(RULE_HOST_CGROUP)),
};
static const Section namespace_section = SECTION(namespace_fields, Policy);

static const Field shared_fields[] = {
	FIELD("network", Policy, shared_namespaces[SHARED_NETWORK], read_rule, SWITCHES(RULE_SHARED_NETWORK)),
	FIELD("pid", Policy, shared_namespaces[SHARED_PID], read_rule, SWITCHES(RULE_SHARED_PID)),
	FIELD("ipc", Policy, shared_namespaces[SHARED_IPC], read_rule, SWITCHES(RULE_SHARED_IPC)),
};
static const Section shared_section = SECTION(shared_fields, Policy);

static const Field capabilities_fields[] = {
	RULE_FIELDS(CapabilityRules, rule),
	FIELD("default_action", CapabilityRules, default_action, field_action, SWITCHES(RULE_CAPABILITY_UNLISTED)),
	DETAIL("blocked", CapabilityRules, blocked, field_sections, &capability_section, STRICTER_ENTRIES, SWITCHES(RULE_CAPABILITY_BLOCKED)),
	DETAIL("warned", CapabilityRules, warned, field_sections, &warned_capability_section, STRICTER_WARNED, SWITCHES(RULE_CAPABILITY_WARNED)),
	FIELD("allowed", CapabilityRules, allowed, field_words, STRICTER_FEWER, SWITCHES(RULE_CAPABILITY_UNLISTED)),
	FIELD("require_drop_all", CapabilityRules, require_drop_all, field_flag, STRICTER_TRUE, SWITCHES(RULE_CAPABILITY_DROP_ALL)),
};
static const Section capabilities_section = SECTION(capabilities_fields, CapabilityRules);

static const char *const pin_words[] = { "off", "block", "own" };
static const Choice pin_choice = { pin_words, G_N_ELEMENTS(pin_words) };

static const Field mounts_fields[] = {
	RULE_FIELDS(MountRules, rule),
	DETAIL("blocked", MountRules, blocked, field_sections, &path_section, STRICTER_ENTRIES, SWITCHES(RULE_MOUNT_BLOCKED)),
	DETAIL("warned", MountRules, warned, field_sections, &path_section, STRICTER_WARNED, SWITCHES(RULE_MOUNT_WARNED)),
	FIELD("default", MountRules, default_action, field_action, SWITCHES(RULE_MOUNT_UNLISTED)),
	FIELD("allowed", MountRules, allowed, read_paths, STRICTER_PATHS, SWITCHES(RULE_MOUNT_UNLISTED)),
	FIELD("allowed_read_only", MountRules, allowed_read_only, read_paths, STRICTER_PATHS, SWITCHES(RULE_MOUNT_READ_ONLY)),
	FIELD("require_trusted", MountRules, require_trusted, field_action, SWITCHES(RULE_MOUNT_TRUSTED)),
	FIELD("no_way_back", MountRules, no_way_back, field_action, SWITCHES(RULE_MOUNT_WAY_BACK)),
	FIELD("foreign_ids", MountRules, foreign_ids, field_action, SWITCHES(RULE_MOUNT_FOREIGN)),
	FIELD("as_self", MountRules, as_self, field_flag, STRICTER_FALSE),
	DETAIL("pin", MountRules, pin, read_choice, &pin_choice, STRICTER_BLOCK, SWITCHES(RULE_MOUNT_PIN)),
	FIELD("block_engine_files", MountRules, block_engine_files, field_flag, STRICTER_TRUE, SWITCHES(RULE_MOUNT_ENGINE)),
	FIELD("allowed_types", MountRules, allowed_types, read_globs, STRICTER_LISTED, SWITCHES(RULE_MOUNT_TYPE)),
	FIELD("block_bind_mounts", MountRules, block_bind_mounts, field_flag, STRICTER_TRUE, SWITCHES(RULE_MOUNT_BIND)),
	FIELD("require_read_only", MountRules, require_read_only, field_flag, STRICTER_TRUE, SWITCHES(RULE_MOUNT_WRITABLE)),
	FIELD("block_shared_propagation", MountRules, block_shared_propagation, field_flag, STRICTER_TRUE, SWITCHES(RULE_MOUNT_PROPAGATION)),
};
static const Section mounts_section = SECTION(mounts_fields, MountRules);

static const Field volumes_fields[] = {
	RULE_FIELDS(VolumeRules, rule),
	FIELD("allowed_drivers", VolumeRules, allowed_drivers, read_globs, STRICTER_LISTED, SWITCHES(RULE_VOLUME_DRIVER)),
	FIELD("allowed_options", VolumeRules, allowed_options, read_globs, STRICTER_LISTED, SWITCHES(RULE_VOLUME_OPTION)),
	FIELD("allowed_types", VolumeRules, allowed_types, read_globs, STRICTER_LISTED, SWITCHES(RULE_VOLUME_TYPE)),
	FIELD("allowed_servers", VolumeRules, allowed_servers, read_globs, STRICTER_FEWER, SWITCHES(RULE_VOLUME_SERVER)),
};
static const Section volumes_section = SECTION(volumes_fields, VolumeRules);

static const Field security_fields[] = {
	RULE_FIELDS(SecurityRules, rule),
	FIELD("allowed", SecurityRules, allowed, read_globs, STRICTER_LISTED, SWITCHES(RULE_SECURITY_OPTION)),
	FIELD("require_seccomp", SecurityRules, require_seccomp, field_flag, STRICTER_TRUE, SWITCHES(RULE_SECCOMP)),
	FIELD("allowed_seccomp_profiles", SecurityRules, seccomp_profiles, read_globs, STRICTER_SUBSET, SWITCHES(RULE_SECCOMP)),
	FIELD("require_apparmor", SecurityRules, require_apparmor, field_flag, STRICTER_TRUE, SWITCHES(RULE_APPARMOR)),
	FIELD("allowed_apparmor_profiles", SecurityRules, apparmor_profiles, read_globs, STRICTER_SUBSET, SWITCHES(RULE_APPARMOR)),
	FIELD("require_no_new_privileges", SecurityRules, require_no_new_privileges, field_flag, STRICTER_TRUE, SWITCHES(RULE_NO_NEW_PRIVILEGES)),
};
static const Section security_section = SECTION(security_fields, SecurityRules);

static const Range pids_range = { 1, INT32_MAX };
static const Field container_fields[] = {
	RULE_FIELDS(ContainerRules, rule),
	FIELD("require_non_root", ContainerRules, require_non_root, field_flag, STRICTER_TRUE, SWITCHES(RULE_NON_ROOT)),
	FIELD("require_numeric_user", ContainerRules, require_numeric_user, field_flag, STRICTER_TRUE, SWITCHES(RULE_USER_NUMERIC)),
	FIELD("allowed_users", ContainerRules, allowed_users, read_globs, STRICTER_LISTED, SWITCHES(RULE_USER_ALLOWED)),
	FIELD("blocked_users", ContainerRules, blocked_users, read_globs, STRICTER_MORE, SWITCHES(RULE_USER_BLOCKED)),
	FIELD("require_read_only_rootfs", ContainerRules, require_read_only_rootfs, field_flag, STRICTER_TRUE, SWITCHES(RULE_READ_ONLY_ROOTFS)),
	FIELD("require_resource_limits", ContainerRules, require_resource_limits, field_flag, STRICTER_TRUE, SWITCHES(RULE_LIMITS)),
	FIELD("require_cpu_limit", ContainerRules, require_cpu_limit, field_flag, STRICTER_TRUE, SWITCHES(RULE_CPU_LIMIT)),
	FIELD("require_pids_limit", ContainerRules, require_pids_limit, field_flag, STRICTER_TRUE, SWITCHES(RULE_PIDS_LIMIT)),
	FIELD("require_healthcheck", ContainerRules, require_healthcheck, field_flag, STRICTER_TRUE, SWITCHES(RULE_HEALTHCHECK)),
	FIELD("max_memory", ContainerRules, max_memory, field_size, STRICTER_MOST, SWITCHES(RULE_MAX_MEMORY)),
	FIELD("max_cpus", ContainerRules, max_cpus, field_cpus, STRICTER_MOST, SWITCHES(RULE_MAX_CPUS)),
	DETAIL("max_pids", ContainerRules, max_pids, field_number, &pids_range, STRICTER_MOST, SWITCHES(RULE_MAX_PIDS)),
};
static const Section container_section = SECTION(container_fields, ContainerRules);

static const Range retries_range = { 0, INT32_MAX };
static const Field restart_fields[] = {
	RULE_FIELDS(RestartRules, rule),
	FIELD("allowed", RestartRules, allowed, read_globs, STRICTER_LISTED, SWITCHES(RULE_RESTART)),
	DETAIL("max_retries", RestartRules, max_retries, field_number, &retries_range, STRICTER_MOST, SWITCHES(RULE_RESTART)),
};
static const Section restart_section = SECTION(restart_fields, RestartRules);

static const char *const ulimit_words[] = {
	"core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
};
static const Choice ulimit_choice = { ulimit_words, G_N_ELEMENTS(ulimit_words) };
static const Range ulimit_range = { 0, INT64_MAX };
static const Field ulimit_fields[] = {
	DETAIL("name", UlimitRule, name, read_choice, &ulimit_choice, STRICTER_KEY),
	DETAIL("max", UlimitRule, max, field_number, &ulimit_range, STRICTER_LOWER),
};

static void check_ulimit(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	(void)element;
	if (!field_find(node, "name") || !field_find(node, "max"))
		field_error(loader, node, path, "expected the keys name and max");
}

static const Section ulimit_section = { ulimit_fields, G_N_ELEMENTS(ulimit_fields), sizeof(UlimitRule), NULL, check_ulimit, "name max" };
static const Field ulimits_fields[] = {
	RULE_FIELDS(UlimitRules, rule),
	DETAIL("max", UlimitRules, max, field_sections, &ulimit_section, STRICTER_MORE, SWITCHES(RULE_ULIMITS)),
};
static const Section ulimits_section = SECTION(ulimits_fields, UlimitRules);

static const Range oom_range = { -1000, 1000 };
static const Field oom_fields[] = {
	RULE_FIELDS(OomRules, rule),
	DETAIL("min_score_adj", OomRules, min_score_adj, field_number, &oom_range, STRICTER_HIGHER, SWITCHES(RULE_OOM_SCORE)),
	FIELD("allow_kill_disable", OomRules, allow_kill_disable, field_flag, STRICTER_FALSE, SWITCHES(RULE_OOM_KILL)),
};
static const Section oom_section = SECTION(oom_fields, OomRules);

static const Field images_fields[] = {
	RULE_FIELDS(ImageRules, rule),
	FIELD("allowed_registries", ImageRules, allowed, read_registries, STRICTER_LISTED, SWITCHES(RULE_REGISTRY)),
	FIELD("blocked_registries", ImageRules, blocked, read_registries, STRICTER_MORE, SWITCHES(RULE_REGISTRY_BLOCKED)),
	FIELD("blocked_images", ImageRules, blocked_images, read_images, STRICTER_MORE, SWITCHES(RULE_IMAGE_BLOCKED)),
	FIELD("require_digest", ImageRules, require_digest, field_flag, STRICTER_TRUE, SWITCHES(RULE_DIGEST)),
	FIELD("block_latest_tag", ImageRules, block_latest_tag, field_flag, STRICTER_TRUE, SWITCHES(RULE_LATEST)),
	FIELD("require_signed", ImageRules, require_signed, field_flag, STRICTER_TRUE, SWITCHES(RULE_SIGNED)),
	DETAIL("signatures", ImageRules, signatures, field_sections, &signature_section, STRICTER_SAME, SWITCHES(RULE_SIGNED)),
	FIELD("local", ImageRules, local, field_action, SWITCHES(RULE_IMAGE_LOCAL, RULE_IMAGE_NAME)),
};

static void check_images(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const ImageRules *rules = element;

	if (rules->signatures.count > LIMIT_SIGNATURE_ROWS)
		field_error(loader, field_find(node, "signatures"), path, "at most %u entries", LIMIT_SIGNATURE_ROWS);
	if (rules->require_signed && !rules->signatures.count)
		field_warning(loader, field_find(node, "require_signed"), path, "without signatures, which says whose count, no image runs");
	if (!rules->require_signed && rules->signatures.count)
		field_warning(loader, field_find(node, "signatures"), path, "without require_signed: true nothing has to be signed");
}

static const Section images_section = { images_fields, G_N_ELEMENTS(images_fields), sizeof(ImageRules), NULL, check_images, NULL };

static const char *const protocol_words[] = { "tcp", "udp", "sctp" };
static const Choice protocol_choice = { protocol_words, G_N_ELEMENTS(protocol_words) };
static const Field port_fields[] = {
	{ "port", read_port, 0, NULL, STRICTER_KEY },
	DETAIL("protocol", PortRule, protocol, read_choice, &protocol_choice, STRICTER_KEY),
	FIELD("message", PortRule, message, field_text, STRICTER_SILENT),
};

static void init_port(void *element)
{
	*(PortRule *)element = (PortRule){ .protocol = "", .message = "" };
}

static void check_port(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	(void)element;
	if (!field_find(node, "port"))
		field_error(loader, node, path, "the key port is missing");
}

static const Section port_section = { port_fields, G_N_ELEMENTS(port_fields), sizeof(PortRule), init_port, check_port, "port" };
static const Field network_fields[] = {
	RULE_FIELDS(NetworkRules, rule),
	FIELD("allowed_modes", NetworkRules, allowed_modes, read_globs, STRICTER_LISTED, SWITCHES(RULE_NETWORK_MODE)),
	FIELD("allowed_drivers", NetworkRules, allowed_drivers, read_globs, STRICTER_LISTED, SWITCHES(RULE_NETWORK_DRIVER)),
	FIELD("allowed_options", NetworkRules, allowed_options, read_globs, STRICTER_LISTED, SWITCHES(RULE_NETWORK_OPTION)),
	FIELD("allowed_subnets", NetworkRules, allowed_subnets, read_ranges, STRICTER_LISTED, SWITCHES(RULE_NETWORK_SUBNET)),
	FIELD("block_host_interfaces", NetworkRules, block_host_interfaces, field_flag, STRICTER_TRUE, SWITCHES(RULE_NETWORK_INTERFACE)),
	FIELD("block_host_routes", NetworkRules, block_host_routes, field_flag, STRICTER_TRUE, SWITCHES(RULE_NETWORK_ROUTE)),
	DETAIL("blocked_ports", NetworkRules, blocked_ports, field_sections, &port_section, STRICTER_MORE, SWITCHES(RULE_PORT_BLOCKED)),
	FIELD("require_dns", NetworkRules, require_dns, field_flag, STRICTER_TRUE, SWITCHES(RULE_DNS)),
	FIELD("block_privileged_ports", NetworkRules, block_privileged_ports, field_flag, STRICTER_TRUE, SWITCHES(RULE_PORT_PRIVILEGED)),
	FIELD("block_all_interfaces", NetworkRules, block_all_interfaces, field_flag, STRICTER_TRUE, SWITCHES(RULE_PORT_INTERFACES)),
	FIELD("block_publish_all", NetworkRules, block_publish_all, field_flag, STRICTER_TRUE, SWITCHES(RULE_PUBLISH_ALL)),
	FIELD("block_default_bridge", NetworkRules, block_default_bridge, field_flag, STRICTER_TRUE, SWITCHES(RULE_DEFAULT_BRIDGE)),
};
static const Section network_section = SECTION(network_fields, NetworkRules);

static const Field environment_fields[] = {
	RULE_FIELDS(EnvironmentRules, rule),
	FIELD("block_secrets", EnvironmentRules, block_secrets, field_flag, STRICTER_TRUE, SWITCHES(RULE_ENV_SECRET)),
	FIELD("secret_patterns", EnvironmentRules, secret_patterns, read_regexes, STRICTER_MORE, SWITCHES(RULE_ENV_PATTERN)),
	FIELD("required", EnvironmentRules, required, field_words, STRICTER_MORE, SWITCHES(RULE_ENV_REQUIRED)),
	FIELD("blocked", EnvironmentRules, blocked, read_globs, STRICTER_MORE, SWITCHES(RULE_ENV_BLOCKED)),
};
static const Section environment_section = SECTION(environment_fields, EnvironmentRules);

static const Field list_fields[] = {
	RULE_FIELDS(ListRule, rule),
	FIELD("allowed", ListRule, allowed, read_globs, STRICTER_FEWER),
};
static const Section list_section = SECTION(list_fields, ListRule);

static const Field device_fields[] = {
	RULE_FIELDS(DeviceRules, rule),
	FIELD("allowed", DeviceRules, allowed, read_globs, STRICTER_FEWER, SWITCHES(RULE_DEVICES)),
	FIELD("warned", DeviceRules, warned, read_globs, STRICTER_WARNED, SWITCHES(RULE_DEVICE_WARNED)),
};
static const Section device_section = SECTION(device_fields, DeviceRules);

static const Field logging_fields[] = {
	RULE_FIELDS(LoggingRules, rule),
	FIELD("allowed_drivers", LoggingRules, allowed_drivers, read_globs, STRICTER_LISTED, SWITCHES(RULE_LOG_DRIVER)),
	FIELD("allowed_addresses", LoggingRules, allowed_addresses, read_globs, STRICTER_FEWER, SWITCHES(RULE_LOG_SOCKET)),
};
static const Section logging_section = SECTION(logging_fields, LoggingRules);

static const Field build_registries_fields[] = {
	RULE_FIELDS(BuildRules, registries.rule),
	FIELD("allowed", BuildRules, registries.allowed, read_registries, STRICTER_FEWER),
};
static const Section build_registries_section = SECTION(build_registries_fields, BuildRules);
static const RuleDefaults build_registries_group = { &build_registries_section, offsetof(BuildRules, registries.rule), ACTION_BLOCK };
static const Field build_fields[] = {
	FIELD("remote", Policy, build.remote, read_rule, SWITCHES(RULE_BUILD_REMOTE)),
	DETAIL("host_network", Policy, build.host_network, read_rule, STAND_IN(namespaces[NS_NETWORK]), STRICTER_UNSAID, SWITCHES(RULE_BUILD_NETWORK)),
	FIELD("unseen_body", Policy, build.unseen_body, read_rule, SWITCHES(RULE_BUILD_UNSEEN)),
	DETAIL("registries", Policy, build, read_group, &build_registries_group, SWITCHES(RULE_BUILD_REGISTRY)),
};
static const Section build_section = SECTION(build_fields, Policy);

static const Field exec_fields[] = {
	DETAIL("privileged", Policy, exec_privileged, read_rule, STAND_IN(privileged), STRICTER_UNSAID, SWITCHES(RULE_EXEC_PRIVILEGED)),
	FIELD("root", Policy, exec_root, read_rule, SWITCHES(RULE_EXEC_ROOT)),
};
static const Section exec_section = SECTION(exec_fields, Policy);

#define FAMILY(name, family) FIELD(name, Policy, endpoints[FAMILY_##family], read_rule_or_word, SWITCHES(RULE_ENDPOINT_##family))
static const Field endpoint_fields[] = {
	FAMILY("swarm", SWARM),       FAMILY("plugins", PLUGINS),       FAMILY("buildkit", BUILDKIT), FAMILY("build", BUILD),
	FAMILY("pull", PULL),         FAMILY("push", PUSH),             FAMILY("tag", TAG),           FAMILY("cp", CP),
	FAMILY("export", EXPORT),     FAMILY("commit", COMMIT),         FAMILY("save", SAVE),         FAMILY("load", LOAD),
	FAMILY("import", IMPORT),     FAMILY("login", LOGIN),           FAMILY("exec", EXEC),         FAMILY("attach", ATTACH),
	FAMILY("logs", LOGS),         FAMILY("update", UPDATE),         FAMILY("checkpoint", CHECKPOINT),
	FAMILY("volumes", VOLUMES),   FAMILY("networks", NETWORKS),     FAMILY("secrets", SECRETS),
	FAMILY("configs", CONFIGS),   FAMILY("services", SERVICES),     FAMILY("remove", REMOVE),     FAMILY("prune", PRUNE),
	FIELD("buildkit_confined", Policy, buildkit_confined, field_action, SWITCHES(RULE_BUILDKIT_CONFINED)),
};
static const Section endpoint_section = SECTION(endpoint_fields, Policy);

#define DEFAULTS(name, type, action) static const RuleDefaults name##_group = { &name##_section, offsetof(type, rule), action }
DEFAULTS(capabilities, CapabilityRules, ACTION_BLOCK);
DEFAULTS(mounts, MountRules, ACTION_BLOCK);
DEFAULTS(volumes, VolumeRules, ACTION_BLOCK);
DEFAULTS(security, SecurityRules, ACTION_BLOCK);
DEFAULTS(container, ContainerRules, ACTION_WARN);
DEFAULTS(restart, RestartRules, ACTION_WARN);
DEFAULTS(ulimits, UlimitRules, ACTION_WARN);
DEFAULTS(oom, OomRules, ACTION_BLOCK);
DEFAULTS(images, ImageRules, ACTION_BLOCK);
DEFAULTS(network, NetworkRules, ACTION_BLOCK);
DEFAULTS(environment, EnvironmentRules, ACTION_BLOCK);
DEFAULTS(list, ListRule, ACTION_BLOCK);
DEFAULTS(device, DeviceRules, ACTION_BLOCK);
DEFAULTS(logging, LoggingRules, ACTION_BLOCK);

static const Field rules_fields[] = {
	FIELD("privileged", Policy, privileged, read_rule, SWITCHES(RULE_PRIVILEGED)),
	GROUP("host_namespaces", namespace_section),
	GROUP("shared_namespaces", shared_section),
	DETAIL("capabilities", Policy, capabilities, read_group, &capabilities_group),
	DETAIL("mounts", Policy, mounts, read_group, &mounts_group, SWITCHES(RULE_MOUNT_TEMPLATE)),
	DETAIL("volumes", Policy, volumes, read_group, &volumes_group),
	DETAIL("security_options", Policy, security, read_group, &security_group),
	FIELD("masked_paths", Policy, masked_paths, read_rule, SWITCHES(RULE_MASKED_PATHS)),
	DETAIL("container", Policy, container, read_group, &container_group),
	DETAIL("restart", Policy, restart, read_group, &restart_group),
	DETAIL("ulimits", Policy, ulimits, read_group, &ulimits_group),
	DETAIL("oom", Policy, oom, read_group, &oom_group),
	DETAIL("images", Policy, images, read_group, &images_group),
	DETAIL("network", Policy, network, read_group, &network_group),
	DETAIL("environment", Policy, environment, read_group, &environment_group),
	DETAIL("devices", Policy, devices, read_group, &device_group, SWITCHES(RULE_DEVICES)),
	DETAIL("runtimes", Policy, runtimes, read_group, &list_group, SWITCHES(RULE_RUNTIME)),
	DETAIL("sysctls", Policy, sysctls, read_group, &list_group, SWITCHES(RULE_SYSCTL)),
	DETAIL("cgroup_parent", Policy, cgroup_parent, read_group, &list_group, SWITCHES(RULE_CGROUP_PARENT)),
	DETAIL("annotations", Policy, annotations, read_group, &list_group, SWITCHES(RULE_ANNOTATION)),
	DETAIL("logging", Policy, logging, read_group, &logging_group, SWITCHES(RULE_LOG_SOCKET, RULE_LOG_OPTION)),
	GROUP("build", build_section),
	GROUP("exec", exec_section),
	GROUP("endpoints", endpoint_section),
};
const Section rules_section = SECTION(rules_fields, Policy);
