/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/model.h"
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
	policy->capabilities.default_action = ACTION_WARN;
	return policy;
}

static const char *canonical(const char *path, Arena *arena)
{
	return path_canonical_run(path_clean(path, arena), arena);
}

/* Requests are compared as written and as resolved; so are the policy's own paths (/lib may be a link). */
static void normalise_entries(EntryList *list, Arena *arena)
{
	size_t written = list->count;

	for (size_t i = 0; i < written; i++) {
		Entry *entry = &list->items[i];
		entry->name = canonical(entry->name, arena);
		Entry real = *entry;
		real.name = canonical(path_resolve(entry->name, arena), arena);
		if (strcmp(real.name, "/") != 0 && strcmp(real.name, entry->name) != 0)
			LIST_APPEND(arena, list, real);
	}
}

static void normalise_paths(StringList *list, Arena *arena)
{
	size_t written = list->count;

	for (size_t i = 0; i < written; i++) {
		list->items[i] = canonical(list->items[i], arena);
		const char *real = canonical(path_resolve(list->items[i], arena), arena);
		if (strcmp(real, "/") != 0 && strcmp(real, list->items[i]) != 0)
			LIST_APPEND(arena, list, real);
	}
}

/* Names and paths in the form that requests have, once instead of at every decision. */
static void normalise(Policy *policy)
{
	CapabilityRules *capabilities = &policy->capabilities;

	for (size_t i = 0; i < capabilities->blocked.count; i++)
		capabilities->blocked.items[i].name = capability_normalise(capabilities->blocked.items[i].name, policy->arena);
	for (size_t i = 0; i < capabilities->allowed.count; i++)
		capabilities->allowed.items[i] = capability_normalise(capabilities->allowed.items[i], policy->arena);
	normalise_entries(&policy->mounts.blocked, policy->arena);
	normalise_entries(&policy->mounts.warned, policy->arena);
	normalise_paths(&policy->mounts.allowed, policy->arena);
}

Policy *policy_parse(const char *file, const char *text, size_t length, GPtrArray *diagnostics)
{
	g_autoptr(Policy) policy = policy_new();
	Loader loader = { file, policy->arena, diagnostics };
	YamlNode *root = yaml_parse(file, text, length, policy->arena, diagnostics);

	if (root)
		section_read(&loader, root, "", &policy_section, policy);
	if (!root || diagnostics_have_error(diagnostics))
		return NULL;
	policy->source = root;
	normalise(policy);
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
