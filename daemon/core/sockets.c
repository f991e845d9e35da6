/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "core/sockets-internal.h"

SocketSet *socket_set_new(const Sockets *sockets, Arena *arena)
{
	SocketSet *set = g_new0(SocketSet, 1);

	set->arena = arena;
	set->sockets = *sockets;
	set->policies = g_array_new(FALSE, FALSE, sizeof(Named));
	atomic_init(&set->users, 1);
	return set;
}

SocketSet *socket_set_ref(const SocketSet *set)
{
	SocketSet *own = (SocketSet *)(uintptr_t)set; /* shared as const: nobody but the counter changes */

	if (own)
		atomic_fetch_add_explicit(&own->users, 1, memory_order_relaxed);
	return own;
}

void socket_set_unref(SocketSet *set)
{
	if (!set || atomic_fetch_sub_explicit(&set->users, 1, memory_order_acq_rel) != 1)
		return;
	for (guint i = 0; i < set->policies->len; i++) {
		const Named *named = &g_array_index(set->policies, Named, i);
		policy_unref(named->policy);
		g_free(named->problem);
	}
	g_array_unref(set->policies);
	arena_free(set->arena);
	g_free(set);
}

const Sockets *socket_set_all(const SocketSet *set)
{
	return set ? &set->sockets : NULL;
}

const Named *socket_set_named(const SocketSet *set, const char *name)
{
	for (guint i = 0; i < set->policies->len; i++)
		if (!strcmp(g_array_index(set->policies, Named, i).name, name))
			return &g_array_index(set->policies, Named, i);
	return NULL;
}

const Socket *socket_set_find(const SocketSet *set, const char *name)
{
	for (size_t i = 0; set && i < set->sockets.count; i++)
		if (!strcmp(set->sockets.items[i].name, name))
			return &set->sockets.items[i];
	return NULL;
}

const Policy *socket_set_policy(const SocketSet *set, const char *name, const char **ret_problem)
{
	const Named *named = set ? socket_set_named(set, name) : NULL;

	*ret_problem = !named ? "it was not loaded" : named->problem ? named->problem : "";
	return named ? named->policy : NULL;
}

static bool names_policy(const Socket *socket, const char *policy)
{
	bool names = strcmp(socket->policy, policy) == 0;

	for (size_t i = 0; !names && i < socket->rules.count; i++)
		names = strcmp(socket->rules.items[i].policy, policy) == 0;
	return names;
}

const Socket *socket_set_user(const SocketSet *set, const char *policy)
{
	for (size_t i = 0; set && i < set->sockets.count; i++)
		if (strcmp(policy, SOCKET_ACTIVE_POLICY) != 0 && names_policy(&set->sockets.items[i], policy))
			return &set->sockets.items[i];
	return NULL;
}

/* With both lists it must be in both, as in exceptions. */
static bool is_meant(const SocketRule *rule, const Caller *caller)
{
	const char *user = caller->count == 1 ? caller->candidates[0].name : "";

	if (rule->groups.count && !caller_in_groups(caller, &rule->group_patterns))
		return false;
	return !rule->users.count || (user_is_certain(user) && patterns_match(&rule->user_patterns, user));
}

static const char *choose_name(const Socket *socket, const Caller *caller)
{
	for (size_t i = 0; i < socket->rules.count; i++)
		if (is_meant(&socket->rules.items[i], caller))
			return socket->rules.items[i].policy;
	return socket->policy;
}

bool socket_choose(const SocketSet *set, const char *name, const Caller *caller, const char *stranger, const Policy *active, Arena *arena, SocketChoice *ret, const char **ret_problem)
{
	const Socket *socket = socket_set_find(set, name);
	const char *problem;

	*ret = (SocketChoice){ .socket = socket, .policy = active };
	if (!socket) {
		*ret_problem = arena_printf(arena, "⛔ DOCKER SENTINEL: the socket %s is not in config.yaml (sockets:): nothing is let through", name);
		return false;
	}
	if (!socket->fixed && *stranger) {
		*ret_problem = arena_printf(arena, "⛔ DOCKER SENTINEL knows who calls only on this machine itself: %s", stranger);
		return false;
	}
	if (!socket->fixed)
		ret->caller = *caller;
	ret->user = socket->fixed ? arena_concat(arena, USER_SOCKET, name) : caller->candidates[0].name;
	const char *policy = choose_name(socket, &ret->caller);
	if (!strcmp(policy, SOCKET_ACTIVE_POLICY))
		return true;
	ret->policy = socket_set_policy(set, policy, &problem);
	if (ret->policy)
		return true;
	*ret_problem = arena_printf(arena, "⛔ DOCKER SENTINEL: the policy %s of the socket %s cannot be had, so nothing is let through: %s", policy, name, problem);
	return false;
}

const char *socket_path(const Socket *socket, Arena *arena)
{
	return arena_printf(arena, "%s/%s.sock", socket->fixed ? SOCKET_FIXED_DIRECTORY : SOCKET_DIRECTORY, socket->name);
}
