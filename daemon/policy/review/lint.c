/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "policy/custom/custom.h"
#include "policy/review/lint.h"
#include "request/profile.h"

#define SHOWN_BYTES 100u

typedef struct Lint {
	Loader *loader;
	const YamlNode *root;
	Policy *policy;
} Lint;

/* The node at "rules", "mounts", "blocked"; the deepest one that is there. */
static const YamlNode *at(const Lint *lint, const char *a, const char *b, const char *c)
{
	const char *keys[] = { a, b, c };
	const YamlNode *node = lint->root;

	for (size_t i = 0; i < G_N_ELEMENTS(keys) && keys[i]; i++) {
		const YamlNode *found = field_find(node, keys[i]);
		if (!found)
			break;
		node = found;
	}
	return node;
}

static const YamlNode *element(const YamlNode *list, size_t index)
{
	return list->kind == YAML_LIST && index < list->count ? list->items[index] : list;
}

static const char *shown(const Lint *lint, const char *text)
{
	return text_printable(lint->loader->arena, text, SHOWN_BYTES);
}

/* text -> place in its list + 1 */
static GHashTable *table_of(const StringList *words)
{
	GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < words->count; i++)
		g_hash_table_insert(table, (gpointer)(uintptr_t)words->items[i], GSIZE_TO_POINTER(i + 1));
	return table;
}

/* What one list says and the other takes back. */
static void both(const Lint *lint, const char *section, const char *key, const StringList *words, const StringList *others, const char *why)
{
	const YamlNode *list = at(lint, "rules", section, key);

	if (!others->count || !words->count)
		return;
	g_autoptr(GHashTable) table = table_of(others);
	for (size_t i = 0; i < words->count; i++)
		if (g_hash_table_contains(table, words->items[i]))
			field_warning(lint->loader, element(list, i), NULL, "rules.%s.%s: \"%s\" %s", section, key, shown(lint, words->items[i]), why);
}

static void twice(const Lint *lint, const char *section, const char *key, const StringList *words)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	const YamlNode *list = at(lint, "rules", section, key);

	for (size_t i = 0; i < words->count; i++)
		if (!g_hash_table_add(seen, (gpointer)(uintptr_t)words->items[i]))
			field_warning(lint->loader, element(list, i), NULL, "rules.%s.%s: \"%s\" is in the list already", section, key, shown(lint, words->items[i]));
}

/* As many as were written: paths that the host resolves otherwise stand behind them. */
static StringList names_of(const EntryList *entries, size_t written, Arena *arena)
{
	StringList names = { arena_alloc(arena, (written + 1) * sizeof(char *)), MIN(written, entries->count) };

	for (size_t i = 0; i < names.count; i++)
		names.items[i] = entries->items[i].name;
	return names;
}

static size_t written(const Lint *lint, const char *section, const char *key)
{
	const YamlNode *list = field_find(at(lint, "rules", section, NULL), key);

	return list ? list->count : 0;
}

/* capabilities(7) as of Linux 6.1, and ALL. */
static bool capability_known(const char *name)
{
	static const char *const known[] = {
		"ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH",
		"FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN",
		"NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT",
		"SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (!strcmp(known[i], name))
			return true;
	return false;
}

static void check_known(const Lint *lint, const char *key, const StringList *names)
{
	const YamlNode *list = at(lint, "rules", "capabilities", key);

	for (size_t i = 0; i < names->count; i++)
		if (!capability_known(names->items[i]))
			field_warning(lint->loader, element(list, i), NULL, "rules.capabilities.%s: Linux has no capability \"%s\"; this never matches", key,
				shown(lint, names->items[i]));
}

static void lint_capabilities(const Lint *lint)
{
	const CapabilityRules *rules = &lint->policy->capabilities;
	StringList blocked = names_of(&rules->blocked, written(lint, "capabilities", "blocked"), lint->loader->arena), allowed = rules->allowed;

	check_known(lint, "blocked", &blocked);
	check_known(lint, "allowed", &allowed);
	twice(lint, "capabilities", "blocked", &blocked);
	both(lint, "capabilities", "allowed", &allowed, &blocked, "is blocked as well; blocked wins");
}

/* An entry under another that already does the same. */
static void lint_shadowed(const Lint *lint, const StringList *names)
{
	const MountRules *rules = &lint->policy->mounts;
	const YamlNode *list = at(lint, "rules", "mounts", "blocked");

	for (size_t i = 0; i < names->count; i++) {
		const char *path = names->items[i];
		const Entry *entry = &rules->blocked.items[i], *above = NULL;
		size_t length = path_parent_length(path, strlen(path));
		for (; length > 1 && !above; length = above ? length : path_parent_length(path, length)) {
			PathRange range = path_set_equal(&rules->blocked_set, path, length);
			above = range.begin < range.end ? &rules->blocked.items[range.begin->value] : NULL;
		}
		if (above && above->action == entry->action && above->allow_read_only == entry->allow_read_only && above->allow_as_self == entry->allow_as_self && !*entry->message)
			field_warning(lint->loader, element(list, i), NULL, "rules.mounts.blocked: \"%s\" is under \"%.*s\", which is in the list with the same effect",
				shown(lint, path), (int)length, path);
	}
}

/* Keys that do nothing without another. */
static void lint_idle_mounts(const Lint *lint)
{
	const MountRules *rules = &lint->policy->mounts;
	bool self = false;

	for (size_t i = 0; i < rules->blocked.count; i++)
		self |= rules->blocked.items[i].allow_as_self;
	if (self && !rules->as_self)
		field_warning(lint->loader, at(lint, "rules", "mounts", "blocked"), NULL, "rules.mounts.blocked: allow_as_self does nothing without as_self: true");
	if (rules->default_action == ACTION_ALLOW && !rules->block_bind_mounts && !rules->blocked.count && !rules->warned.count && rules->allowed_read_only.count)
		field_warning(lint->loader, at(lint, "rules", "mounts", "allowed_read_only"), NULL,
			"rules.mounts.allowed_read_only: everything may be mounted anyway; with default: block only what is listed");
}

static void lint_mounts(const Lint *lint)
{
	const MountRules *rules = &lint->policy->mounts;
	StringList blocked = names_of(&rules->blocked, written(lint, "mounts", "blocked"), lint->loader->arena);
	StringList warned = names_of(&rules->warned, written(lint, "mounts", "warned"), lint->loader->arena);
	StringList allowed = { rules->allowed.items, MIN(rules->allowed.count, written(lint, "mounts", "allowed")) };

	twice(lint, "mounts", "blocked", &blocked);
	twice(lint, "mounts", "warned", &warned);
	both(lint, "mounts", "warned", &warned, &blocked, "is blocked as well; blocked wins");
	both(lint, "mounts", "allowed", &allowed, &blocked, "is blocked as well; blocked wins");
	StringList read_only = { rules->allowed_read_only.items, MIN(rules->allowed_read_only.count, written(lint, "mounts", "allowed_read_only")) };
	twice(lint, "mounts", "allowed_read_only", &read_only);
	both(lint, "mounts", "allowed_read_only", &read_only, &allowed, "may be written as well: it is in allowed");
	StringList always = { arena_alloc(lint->loader->arena, (blocked.count + 1) * sizeof(char *)), 0 };
	for (size_t i = 0; i < blocked.count; i++)
		if (!rules->blocked.items[i].allow_read_only)
			always.items[always.count++] = blocked.items[i];
	both(lint, "mounts", "allowed_read_only", &read_only, &always, "is blocked as well; blocked wins");
	lint_shadowed(lint, &blocked);
	lint_idle_mounts(lint);
}

static void lint_images(const Lint *lint)
{
	const ImageRules *rules = &lint->policy->images;
	const YamlNode *list = at(lint, "rules", "images", "blocked_registries");

	twice(lint, "images", "allowed_registries", &rules->allowed.written);
	twice(lint, "images", "blocked_registries", &rules->blocked.written);
	both(lint, "images", "blocked_registries", &rules->blocked.written, &rules->allowed.written, "is allowed as well; blocked wins");
	for (size_t i = 0; rules->allowed.written.count && i < rules->blocked.written.count; i++) {
		const char *word = rules->blocked.written.items[i];
		g_autofree char *host = g_strndup(word, strcspn(word, "/"));
		if (!strpbrk(host, "*?[") && !patterns_match(&rules->allowed.hosts, host) && !rules->allowed.repositories.globs.count)
			field_warning(lint->loader, element(list, i), NULL,
				"rules.images.blocked_registries: \"%s\" never matters: only the registries of allowed_registries may be used", shown(lint, word));
	}
}

static void lint_container(const Lint *lint)
{
	const ContainerRules *rules = &lint->policy->container;

	both(lint, "container", "allowed_users", &rules->allowed_users.globs, &rules->blocked_users.globs, "is blocked as well; blocked wins");
	for (size_t i = 0; rules->require_non_root && i < rules->allowed_users.globs.count; i++)
		if (!strcmp(rules->allowed_users.globs.items[i], "root"))
			field_warning(lint->loader, element(at(lint, "rules", "container", "allowed_users"), i), NULL,
				"rules.container.allowed_users: \"root\" is refused by require_non_root");
}

static bool is_digest(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Profiles by their text, their file or a digest that is none: such an entry never matches. */
static void lint_profiles(const Lint *lint, const char *key, const char *prefix, const StringList *globs)
{
	for (size_t i = 0; i < globs->count; i++) {
		const char *name = globs->items[i];
		if (!g_str_has_prefix(name, prefix))
			continue;
		name += strlen(prefix);
		bool digest = g_str_has_prefix(name, PROFILE_DIGEST);
		if (digest ? !is_digest(name + strlen(PROFILE_DIGEST)) && !strpbrk(name, "*?[") : strchr("{/", *name) || g_str_has_suffix(name, ".json"))
			field_warning(lint->loader, element(at(lint, "rules", "security_options", key), i), NULL,
				"rules.security_options.%s: a seccomp profile of one's own is named by what \"sentinel policy digest FILE\" prints; \"%s\" never matches", key,
				shown(lint, globs->items[i]));
	}
}

/* A list of what is allowed that allows everything. */
static void lint_open(const Lint *lint)
{
	const Policy *policy = lint->policy;
	const struct { const char *section, *key; const StringList *globs; } lists[] = {
		{ "security_options", "allowed", &policy->security.allowed.globs },
		{ "devices", "allowed", &policy->devices.allowed.globs },
		{ "runtimes", "allowed", &policy->runtimes.allowed.globs },
		{ "sysctls", "allowed", &policy->sysctls.allowed.globs },
		{ "cgroup_parent", "allowed", &policy->cgroup_parent.allowed.globs },
		{ "annotations", "allowed", &policy->annotations.allowed.globs },
		{ "logging", "allowed_drivers", &policy->logging.allowed_drivers.globs },
		{ "volumes", "allowed_drivers", &policy->volumes.allowed_drivers.globs },
		{ "network", "allowed_modes", &policy->network.allowed_modes.globs },
		{ "network", "allowed_drivers", &policy->network.allowed_drivers.globs },
		{ "images", "allowed_registries", &policy->images.allowed.hosts.globs },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		for (size_t g = 0; g < lists[i].globs->count; g++)
			if (!strcmp(lists[i].globs->items[g], "*"))
				field_warning(lint->loader, element(at(lint, "rules", lists[i].section, lists[i].key), g), NULL, "rules.%s.%s: \"*\" allows everything",
					lists[i].section, lists[i].key);
}

/* Two values that one field would have to have at the same time. */
static bool contradicts(const Condition *a, const Condition *b)
{
	bool single = a->field && a->field == b->field && !a->field->item_size && !a->field->special;

	return single && a->op == OP_EQUALS && b->op == OP_EQUALS && strcmp(a->values.items[0], b->values.items[0]) != 0;
}

static bool impossible(const Condition *condition)
{
	const ConditionList *all = &condition->all;

	if (condition->any.count)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		if (contradicts(condition, &all->items[i]) || impossible(&all->items[i]))
			return true;
		for (size_t j = 0; j < i && i < 64; j++)
			if (contradicts(&all->items[i], &all->items[j]))
				return true;
	}
	return false;
}

/* The whole of the rule is for a call that no custom rule judges. */
static bool is_spared(const Condition *condition)
{
	if (condition->any.count)
		return false;
	if (condition->field && !strcmp(condition->field->name, "endpoint") && condition->op == OP_EQUALS && custom_spares(condition->values.items[0]))
		return true;
	for (size_t i = 0; i < condition->all.count; i++)
		if (is_spared(&condition->all.items[i]))
			return true;
	return false;
}

static void lint_custom(const Lint *lint)
{
	const CustomRules *rules = &lint->policy->custom;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const YamlNode *list = at(lint, "custom_rules", NULL, NULL);

	for (size_t i = 0; i < rules->count; i++) {
		const CustomRule *rule = &rules->items[i];
		const KeyPath top = { NULL, "custom_rules", 0 }, path = { &top, NULL, i };
		if (!g_hash_table_add(names, (gpointer)(uintptr_t)rule->name))
			field_error(lint->loader, element(list, i), &path, "there is a rule named \"%s\" already", shown(lint, rule->name));
		if (impossible(rule->condition))
			field_warning(lint->loader, element(list, i), &path, "this rule never applies: one field would have to have two values at once");
		if (is_spared(rule->condition))
			field_warning(lint->loader, element(list, i), &path, "this rule never applies: system.ping and system.version are always answered");
	}
}

void lint_policy(Loader *loader, const YamlNode *root, Policy *policy)
{
	const Lint lint = { loader, root, policy };

	lint_capabilities(&lint);
	lint_mounts(&lint);
	lint_images(&lint);
	lint_container(&lint);
	lint_profiles(&lint, "allowed", "seccomp=", &policy->security.allowed.globs);
	lint_profiles(&lint, "allowed_seccomp_profiles", "", &policy->security.seccomp_profiles.globs);
	lint_open(&lint);
	lint_custom(&lint);
}
