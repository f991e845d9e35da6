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

static bool refuse(SocketChoice *choice, Refusal why, const char *detail, Refused *ret)
{
	choice->policy = NULL;
	*ret = (Refused){ why, detail };
	return false;
}

bool socket_choose(const SocketSet *set, const char *name, const Caller *caller, const char *stranger, const Policy *active, Arena *arena, SocketChoice *ret, Refused *ret_refused)
{
	const Socket *socket = socket_set_find(set, name);
	const char *problem;

	*ret = (SocketChoice){ .socket = socket, .policy = active, .user = *stranger ? "" : caller->candidates[0].name };
	if (!socket)
		return refuse(ret, REFUSAL_UNKNOWN, name, ret_refused);
	if (!socket->fixed && *stranger)
		return refuse(ret, REFUSAL_CALLER, stranger, ret_refused);
	if (!socket->fixed)
		ret->caller = *caller;
	else
		ret->user = arena_concat(arena, USER_SOCKET, name);
	const char *policy = choose_name(socket, &ret->caller);
	if (!strcmp(policy, SOCKET_ACTIVE_POLICY))
		return true;
	ret->policy = socket_set_policy(set, policy, &problem);
	return ret->policy || refuse(ret, REFUSAL_POLICY, arena_printf(arena, "%s: %s", policy, problem), ret_refused);
}

const char *socket_path(const Socket *socket, Arena *arena)
{
	return arena_printf(arena, "%s/%s.sock", socket->fixed ? SOCKET_FIXED_DIRECTORY : SOCKET_DIRECTORY, socket->name);
}
