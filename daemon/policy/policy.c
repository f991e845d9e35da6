/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/custom.h"
#include "policy/lint.h"
#include "policy/schema.h"
#include "request/container.h"
#include "request/list.h"
#include "request/path.h"

static Policy *policy_new(void)
{
	Policy *policy = g_new0(Policy, 1);

	atomic_init(&policy->users, 1);
	policy->arena = arena_new();
	policy->version = "1.0";
	policy->name = policy->description = policy->author = "";
	policy->mode = MODE_COUNT;
	policy->max_risk_score = 100;
	policy->image_scanning = (ScanLimits){ .max_critical = -1, .max_high = -1, .max_medium = -1 };
	policy->secret_scanning = (SecretLimits){
		.scanner = "builtin", .max_critical = -1, .max_high = -1, .max_medium = -1, .verified_score = -1, .critical_score = -1, .high_score = -1,
	};
	policy->capabilities.default_action = ACTION_WARN;
	return policy;
}

static const char *canonical(const char *path, Arena *arena)
{
	return path_canonical_run(path_clean(path, arena), arena);
}

/* Requests are compared as written and as resolved; so are the policy's own paths (/lib may be a link). */
static void normalise_entries(EntryList *list, PathSet *set, Arena *arena)
{
	size_t written = list->count;

	for (size_t i = 0; i < written; i++) {
		Entry *entry = &list->items[i];
		entry->name = canonical(entry->name, arena);
		Entry real = *entry;
		real.name = canonical(path_resolve(entry->name, arena), arena);
		if (*real.name && strcmp(real.name, "/") != 0 && strcmp(real.name, entry->name) != 0)
			LIST_APPEND(arena, list, real);
	}
	for (size_t i = 0; i < list->count; i++) {
		const PathItem item = { list->items[i].name, (uint32_t)i };
		LIST_APPEND(arena, set, item);
	}
	path_set_sort(set);
}

static void normalise_paths(StringList *list, PathSet *set, Arena *arena)
{
	size_t written = list->count;

	for (size_t i = 0; i < written; i++) {
		list->items[i] = canonical(list->items[i], arena);
		const char *real = canonical(path_resolve(list->items[i], arena), arena);
		if (*real && strcmp(real, "/") != 0 && strcmp(real, list->items[i]) != 0)
			LIST_APPEND(arena, list, real);
	}
	for (size_t i = 0; i < list->count; i++) {
		const PathItem item = { list->items[i], (uint32_t)i };
		LIST_APPEND(arena, set, item);
	}
	path_set_sort(set);
}

/* Single ports are found by their number; ranges may always apply. */
static void index_ports(NetworkRules *network, Arena *arena)
{
	if (!network->blocked_ports.count)
		return;
	network->port_index = text_index_new(arena);
	for (size_t i = 0; i < network->blocked_ports.count; i++) {
		const PortRule *rule = &network->blocked_ports.items[i];
		const char *number = arena_printf(arena, "%lld", (long long)rule->first);
		const TextNeed need = { rule->first == rule->last ? TEXT_EQUALS : TEXT_ANY, number, strlen(number) };
		text_index_add(network->port_index, need, (uint32_t)i);
	}
	text_index_finish(network->port_index);
}

/* Names and paths in the form that requests have, once instead of at every decision; and what makes
 * long lists quick. */
static void compile(Policy *policy)
{
	CapabilityRules *capabilities = &policy->capabilities;
	MountRules *mounts = &policy->mounts;

	for (size_t i = 0; i < capabilities->blocked.count; i++)
		capabilities->blocked.items[i].name = capability_normalise(capabilities->blocked.items[i].name, policy->arena);
	for (size_t i = 0; i < capabilities->allowed.count; i++)
		capabilities->allowed.items[i] = capability_normalise(capabilities->allowed.items[i], policy->arena);
	normalise_entries(&mounts->blocked, &mounts->blocked_set, policy->arena);
	normalise_entries(&mounts->warned, &mounts->warned_set, policy->arena);
	normalise_paths(&mounts->allowed, &mounts->allowed_set, policy->arena);
	index_ports(&policy->network, policy->arena);
	custom_compile(&policy->custom, policy->arena);
}

Policy *policy_parse(const char *file, const char *text, size_t length, GPtrArray *diagnostics)
{
	g_autoptr(Policy) policy = policy_new();
	Loader loader = { file, policy->arena, diagnostics, g_get_real_time() };
	YamlNode *root = yaml_parse(file, text, length, policy->arena, diagnostics);

	if (root)
		section_read(&loader, root, NULL, &policy_section, policy);
	if (!root || diagnostics_have_error(diagnostics))
		return NULL;
	lint_policy(&loader, root, policy);
	if (diagnostics_have_error(diagnostics))
		return NULL;
	compile(policy);
	return g_steal_pointer(&policy);
}

Policy *policy_ref(Policy *policy)
{
	atomic_fetch_add_explicit(&policy->users, 1, memory_order_relaxed);
	return policy;
}

void policy_unref(Policy *policy)
{
	if (!policy || atomic_fetch_sub_explicit(&policy->users, 1, memory_order_acq_rel) != 1)
		return;
	arena_free(policy->arena);
	g_free(policy);
}

const char *policy_name(const Policy *policy)
{
	return policy->name;
}

const char *policy_description(const Policy *policy)
{
	return policy->description;
}

Mode policy_mode(const Policy *policy)
{
	return policy->mode;
}

unsigned policy_max_risk_score(const Policy *policy)
{
	return (unsigned)policy->max_risk_score;
}

const PolicyTestList *policy_tests(const Policy *policy)
{
	return &policy->tests;
}
