/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "core/sockets-internal.h"
#include "policy/review/laxer.h"
#include "policy/store.h"

static void load_one(SocketSet *set, const char *policies_dir, const char *name)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	if (!strcmp(name, SOCKET_ACTIVE_POLICY) || socket_set_named(set, name))
		return;
	Named named = { name, store_load(policies_dir, name, diagnostics), NULL };
	if (!named.policy)
		named.problem = diagnostics_first_error(diagnostics);
	(void)g_array_append_val(set->policies, named);
}

void socket_set_load(SocketSet *set, const char *policies_dir)
{
	for (size_t i = 0; i < set->sockets.count; i++) {
		const Socket *socket = &set->sockets.items[i];
		load_one(set, policies_dir, socket->policy);
		for (size_t r = 0; r < socket->rules.count; r++)
			load_one(set, policies_dir, socket->rules.items[r].policy);
	}
}

char *socket_set_laxer_why(const SocketSet *before, const SocketSet *after)
{
	char *why = NULL;

	for (guint i = 0; after && !why && i < after->policies->len; i++) {
		const Named *named = &g_array_index(after->policies, Named, i), *old = before ? socket_set_named(before, named->name) : NULL;
		if (named->policy)
			why = policy_laxer_why(old ? old->policy : NULL, named->policy);
	}
	return why;
}
