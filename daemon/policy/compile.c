/* SPDX-License-Identifier: MIT
 *
 * Names and paths in the form that requests have, once instead of at every decision; and what makes
 * long lists quick.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "policy/compile.h"
#include "policy/custom/custom.h"
#include "request/container.h"
#include "request/list.h"
#include "request/path-walk.h"
#include "request/path.h"

static const char *canonical(const char *path, Arena *arena)
{
	return path_canonical_run(path_clean(path, arena), arena);
}

/* What a path leads to on this host; directories that do not exist are asked for only once. */
typedef struct Resolver {
	Arena *arena;
	GHashTable *missing; /* path -> what it resolves to */
} Resolver;

static const char *below_missing(const Resolver *resolver, const char *path)
{
	g_autofree char *parent = g_strdup(path);

	for (size_t length = path_parent_length(path, strlen(path)); length > 1; length = path_parent_length(parent, length)) {
		parent[length] = 0;
		const char *real = g_hash_table_lookup(resolver->missing, parent);
		if (real)
			return arena_concat(resolver->arena, real, path + length);
	}
	return NULL;
}

static const char *resolve(const Resolver *resolver, const char *path)
{
	const char *known = below_missing(resolver, path);
	const char *parent = arena_strndup(resolver->arena, path, MAX(path_parent_length(path, strlen(path)), 1));

	if (known)
		return known;
	const char *real = path_resolve(path, resolver->arena);
	while (strcmp(parent, "/") != 0 && access(parent, F_OK) < 0 && errno == ENOENT) {
		g_hash_table_insert(resolver->missing, (gpointer)(uintptr_t)parent, (gpointer)(uintptr_t)path_resolve(parent, resolver->arena));
		parent = arena_strndup(resolver->arena, parent, MAX(path_parent_length(parent, strlen(parent)), 1));
	}
	return canonical(real, resolver->arena);
}

/* Requests are compared as written and as resolved; so are the policy's own paths (/lib may be a link). */
static const char *other_form(const Resolver *resolver, const char *path)
{
	const char *real = resolve(resolver, path);

	return *real && strcmp(real, "/") != 0 && strcmp(real, path) != 0 ? real : NULL;
}

/* A link that is not root's alone to change lists nothing: it could lead anywhere at the next reload. */
static bool link_is_roots(const char *path, Arena *arena)
{
	PathFacts facts;

	path_walk(path, arena, &facts);
	for (size_t i = 0; i < facts.steps.count; i++) {
		const PathStep *step = &facts.steps.items[i];
		if (step->directory.uid != 0 || (step->directory.mode & (S_IWGRP | S_IWOTH)) || (step->link && step->entry_uid != 0))
			return false;
	}
	return !*facts.problem;
}

static void normalise_entries(EntryList *list, PathSet *set, const Resolver *resolver)
{
	size_t written = list->count;

	for (size_t i = 0; i < written; i++) {
		Entry *entry = &list->items[i];
		entry->name = canonical(entry->name, resolver->arena);
		Entry real = *entry;
		real.name = other_form(resolver, entry->name);
		if (real.name)
			LIST_APPEND(resolver->arena, list, real);
	}
	for (size_t i = 0; i < list->count; i++) {
		const PathItem item = { list->items[i].name, (uint32_t)i };
		LIST_APPEND(resolver->arena, set, item);
	}
	path_set_finish(set, resolver->arena);
}

static void normalise_paths(StringList *list, PathSet *set, const Resolver *resolver)
{
	size_t written = list->count;

	for (size_t i = 0; i < written; i++) {
		list->items[i] = canonical(list->items[i], resolver->arena);
		const char *real = other_form(resolver, list->items[i]);
		if (real && link_is_roots(list->items[i], resolver->arena))
			LIST_APPEND(resolver->arena, list, real);
	}
	for (size_t i = 0; i < list->count; i++) {
		const PathItem item = { list->items[i], (uint32_t)i };
		LIST_APPEND(resolver->arena, set, item);
	}
	path_set_finish(set, resolver->arena);
}

static void normalise_mounts(MountRules *mounts, Arena *arena)
{
	g_autoptr(GHashTable) missing = g_hash_table_new(g_str_hash, g_str_equal);
	const Resolver resolver = { arena, missing };

	normalise_entries(&mounts->blocked, &mounts->blocked_set, &resolver);
	normalise_entries(&mounts->warned, &mounts->warned_set, &resolver);
	normalise_paths(&mounts->allowed, &mounts->allowed_set, &resolver);
	normalise_paths(&mounts->allowed_read_only, &mounts->read_only_set, &resolver);
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

void policy_compile(Policy *policy)
{
	CapabilityRules *capabilities = &policy->capabilities;

	for (size_t i = 0; i < capabilities->blocked.count; i++)
		capabilities->blocked.items[i].name = capability_normalise(capabilities->blocked.items[i].name, policy->arena);
	for (size_t i = 0; i < capabilities->allowed.count; i++)
		capabilities->allowed.items[i] = capability_normalise(capabilities->allowed.items[i], policy->arena);
	normalise_mounts(&policy->mounts, policy->arena);
	index_ports(&policy->network, policy->arena);
	custom_compile(&policy->custom, policy->arena);
}
