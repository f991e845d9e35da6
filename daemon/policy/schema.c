/* SPDX-License-Identifier: MIT
 *
 * The policy language as tables.  A new key is a row here, a member in model.h and a check.
 */
#include <string.h>
#include "policy/model.h"
#include "policy/schema.h"

#define FIELD(name, type, member, reader) { name, reader, offsetof(type, member), NULL }
#define DETAIL(name, type, member, reader, with) { name, reader, offsetof(type, member), with }
#define SECTION(fields, type) { fields, G_N_ELEMENTS(fields), sizeof(type), NULL, NULL }
/* A section stands for itself: it begins at the struct that it fills. */
#define GROUP(name, section) { name, field_section, 0, &(section) }

/* {action, severity, message, exceptions} */

static const Field exception_fields[] = {
	FIELD("images", Exception, images, field_words),
	FIELD("names", Exception, names, field_words),
	FIELD("reason", Exception, reason, field_text),
};

static void check_exception(Loader *loader, const YamlNode *node, const char *path, void *element)
{
	const Exception *exception = element;

	if (node->kind == YAML_MAP && !exception->images.count && !exception->names.count)
		field_error(loader, node, "%s: an exception needs images or names, or it would be for everything", path);
}

static const Section exception_section = { exception_fields, G_N_ELEMENTS(exception_fields), sizeof(Exception), NULL, check_exception };

static void read_rule_severity(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	Rule *rule = target;

	field_severity(loader, node, path, field, &rule->severity);
	rule->severity_set = true;
}

#define RULE_FIELDS(type, member)                                                      \
	FIELD("action", type, member.action, field_action),                            \
	FIELD("severity", type, member, read_rule_severity),                           \
	FIELD("message", type, member.message, field_text),                            \
	DETAIL("exceptions", type, member.exceptions, field_sections, &exception_section)

static const Field rule_fields[] = {
	FIELD("action", Rule, action, field_action),
	FIELD("severity", Rule, severity, field_severity),
	FIELD("message", Rule, message, field_text),
	DETAIL("exceptions", Rule, exceptions, field_sections, &exception_section),
};
static const Section rule_section = SECTION(rule_fields, Rule);

/* A rule of its own: being there makes it apply; it blocks unless it says otherwise. */
static void read_rule(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	Rule *rule = target;

	(void)field;
	*rule = (Rule){ .set = true, .action = ACTION_BLOCK, .severity = SEVERITY_COUNT, .message = "" };
	section_read(loader, node, path, &rule_section, rule);
	rule->severity_set = rule->severity != SEVERITY_COUNT;
}

/* A section that holds a Rule: its defaults before its keys. */
typedef struct RuleDefaults {
	const Section *section;
	size_t rule; /* offset of the Rule in what the section fills */
	Action action;
} RuleDefaults;

static void read_group(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	const RuleDefaults *defaults = field->detail;
	Rule *rule = (Rule *)(void *)((char *)target + defaults->rule);

	*rule = (Rule){ .set = true, .action = defaults->action, .message = "" };
	section_read(loader, node, path, defaults->section, target);
}

/* Lists of {name|path, action, message} */

static void init_entry(void *element)
{
	*(Entry *)element = (Entry){ .name = "", .action = ACTION_BLOCK, .message = "" };
}

static void check_named(Loader *loader, const YamlNode *node, const char *path, void *element)
{
	if (node->kind == YAML_MAP && !*((Entry *)element)->name)
		field_error(loader, node, "%s: the key name is missing", path);
}

static void check_path(Loader *loader, const YamlNode *node, const char *path, void *element)
{
	const Entry *entry = element;

	if (node->kind == YAML_MAP && *entry->name != '/')
		field_error(loader, node, "%s: %s", path, *entry->name ? "path must begin with /" : "the key path is missing");
}

static const Field capability_fields[] = {
	FIELD("name", Entry, name, field_text),
	FIELD("action", Entry, action, field_action),
	FIELD("message", Entry, message, field_text),
};
static const Section capability_section = { capability_fields, G_N_ELEMENTS(capability_fields), sizeof(Entry), init_entry, check_named };

static const Field path_fields[] = {
	FIELD("path", Entry, name, field_text),
	FIELD("action", Entry, action, field_action),
	FIELD("message", Entry, message, field_text),
	FIELD("allow_read_only", Entry, allow_read_only, field_flag),
};
static const Section path_section = { path_fields, G_N_ELEMENTS(path_fields), sizeof(Entry), init_entry, check_path };

/* rules: ... */

static const Field namespace_fields[] = {
	{ "network", read_rule, offsetof(Policy, namespaces[NS_NETWORK]), NULL },
	{ "pid", read_rule, offsetof(Policy, namespaces[NS_PID]), NULL },
	{ "ipc", read_rule, offsetof(Policy, namespaces[NS_IPC]), NULL },
	{ "uts", read_rule, offsetof(Policy, namespaces[NS_UTS]), NULL },
	{ "userns", read_rule, offsetof(Policy, namespaces[NS_USERNS]), NULL },
	{ "cgroup", read_rule, offsetof(Policy, namespaces[NS_CGROUP]), NULL },
};
static const Section namespace_section = SECTION(namespace_fields, Policy);

static const Field capabilities_fields[] = {
	RULE_FIELDS(CapabilityRules, rule),
	FIELD("default_action", CapabilityRules, default_action, field_action),
	DETAIL("blocked", CapabilityRules, blocked, field_sections, &capability_section),
	FIELD("allowed", CapabilityRules, allowed, field_words),
	FIELD("require_drop_all", CapabilityRules, require_drop_all, field_flag),
};
static const Section capabilities_section = SECTION(capabilities_fields, CapabilityRules);

static const Field mounts_fields[] = {
	RULE_FIELDS(MountRules, rule),
	DETAIL("blocked", MountRules, blocked, field_sections, &path_section),
	DETAIL("warned", MountRules, warned, field_sections, &path_section),
	FIELD("allowed", MountRules, allowed, field_words),
	FIELD("block_bind_mounts", MountRules, block_bind_mounts, field_flag),
	FIELD("require_read_only", MountRules, require_read_only, field_flag),
};
static const Section mounts_section = SECTION(mounts_fields, MountRules);

static const Field security_fields[] = {
	RULE_FIELDS(SecurityRules, rule),
	FIELD("allowed", SecurityRules, allowed, field_words),
	FIELD("require_seccomp", SecurityRules, require_seccomp, field_flag),
	FIELD("allowed_seccomp_profiles", SecurityRules, seccomp_profiles, field_words),
	FIELD("require_apparmor", SecurityRules, require_apparmor, field_flag),
	FIELD("allowed_apparmor_profiles", SecurityRules, apparmor_profiles, field_words),
	FIELD("require_no_new_privileges", SecurityRules, require_no_new_privileges, field_flag),
};
static const Section security_section = SECTION(security_fields, SecurityRules);

static const Field container_fields[] = {
	RULE_FIELDS(ContainerRules, rule),
	FIELD("require_non_root", ContainerRules, require_non_root, field_flag),
	FIELD("require_numeric_user", ContainerRules, require_numeric_user, field_flag),
	FIELD("allowed_users", ContainerRules, allowed_users, field_words),
	FIELD("blocked_users", ContainerRules, blocked_users, field_words),
	FIELD("require_read_only_rootfs", ContainerRules, require_read_only_rootfs, field_flag),
	FIELD("require_resource_limits", ContainerRules, require_resource_limits, field_flag),
	FIELD("require_pids_limit", ContainerRules, require_pids_limit, field_flag),
	FIELD("max_memory", ContainerRules, max_memory, field_size),
	FIELD("max_cpus", ContainerRules, max_cpus, field_cpus),
};
static const Section container_section = SECTION(container_fields, ContainerRules);

static const Field images_fields[] = {
	RULE_FIELDS(ImageRules, rule),
	FIELD("allowed_registries", ImageRules, allowed_registries, field_words),
	FIELD("blocked_registries", ImageRules, blocked_registries, field_words),
	FIELD("blocked_images", ImageRules, blocked_images, field_words),
	FIELD("require_digest", ImageRules, require_digest, field_flag),
	FIELD("block_latest_tag", ImageRules, block_latest_tag, field_flag),
};
static const Section images_section = SECTION(images_fields, ImageRules);

static const Field list_fields[] = {
	RULE_FIELDS(ListRule, rule),
	FIELD("allowed", ListRule, allowed, field_words),
};
static const Section list_section = SECTION(list_fields, ListRule);

static const Field exec_fields[] = {
	FIELD("privileged", Policy, exec_privileged, read_rule),
	FIELD("root", Policy, exec_root, read_rule),
};
static const Section exec_section = SECTION(exec_fields, Policy);

static const Field endpoint_fields[] = {
	FIELD("swarm", Policy, swarm, read_rule),
	FIELD("plugins", Policy, plugins, read_rule),
	FIELD("buildkit", Policy, buildkit, read_rule),
	FIELD("build_remote", Policy, build_remote, read_rule),
};
static const Section endpoint_section = SECTION(endpoint_fields, Policy);

static const RuleDefaults capabilities_group = { &capabilities_section, offsetof(CapabilityRules, rule), ACTION_BLOCK };
static const RuleDefaults mounts_group = { &mounts_section, offsetof(MountRules, rule), ACTION_BLOCK };
static const RuleDefaults security_group = { &security_section, offsetof(SecurityRules, rule), ACTION_BLOCK };
static const RuleDefaults container_group = { &container_section, offsetof(ContainerRules, rule), ACTION_WARN };
static const RuleDefaults images_group = { &images_section, offsetof(ImageRules, rule), ACTION_BLOCK };
static const RuleDefaults list_group = { &list_section, offsetof(ListRule, rule), ACTION_BLOCK };

static const Field rules_fields[] = {
	FIELD("privileged", Policy, privileged, read_rule),
	GROUP("host_namespaces", namespace_section),
	DETAIL("capabilities", Policy, capabilities, read_group, &capabilities_group),
	DETAIL("mounts", Policy, mounts, read_group, &mounts_group),
	DETAIL("security_options", Policy, security, read_group, &security_group),
	FIELD("masked_paths", Policy, masked_paths, read_rule),
	DETAIL("container", Policy, container, read_group, &container_group),
	DETAIL("images", Policy, images, read_group, &images_group),
	DETAIL("devices", Policy, devices, read_group, &list_group),
	DETAIL("runtimes", Policy, runtimes, read_group, &list_group),
	DETAIL("sysctls", Policy, sysctls, read_group, &list_group),
	DETAIL("cgroup_parent", Policy, cgroup_parent, read_group, &list_group),
	GROUP("exec", exec_section),
	GROUP("endpoints", endpoint_section),
};
static const Section rules_section = SECTION(rules_fields, Policy);

static const Range score_range = { 0, 100 };

static const Field settings_fields[] = {
	DETAIL("max_risk_score", Policy, max_risk_score, field_number, &score_range),
	{ "require_image_scan", field_later, 0, NULL },
};
static const Section settings_section = SECTION(settings_fields, Policy);

static const Field policy_fields[] = {
	FIELD("version", Policy, version, field_text),
	FIELD("name", Policy, name, field_text),
	FIELD("description", Policy, description, field_text),
	FIELD("author", Policy, author, field_text),
	FIELD("tags", Policy, tags, field_words),
	FIELD("mode", Policy, mode, field_mode),
	GROUP("settings", settings_section),
	GROUP("rules", rules_section),
};

static void check_policy(Loader *loader, const YamlNode *node, const char *path, void *element)
{
	const Policy *policy = element;

	(void)path;
	if (!*policy->name)
		field_error(loader, node, "the key name is missing: name: my-policy");
	if (policy->mode == MODE_COUNT)
		field_error(loader, node, "the key mode is missing: mode: enforce, warn or audit");
	if (strcmp(policy->version, "1.0") != 0 && strcmp(policy->version, "1") != 0)
		field_error(loader, node, "version: expected \"1.0\"");
}

const Section policy_section = { policy_fields, G_N_ELEMENTS(policy_fields), sizeof(Policy), NULL, check_policy };
