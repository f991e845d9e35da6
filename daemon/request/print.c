/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/print.h"
#include "request/profile.h"
#include "request/query.h"

/* Each piece with its length: no two lists of pieces are the same bytes. */
static void add(GChecksum *sum, const char *bytes, size_t length)
{
	const uint64_t prefix = GUINT64_TO_LE((uint64_t)length);

	g_checksum_update(sum, (const guchar *)&prefix, sizeof prefix);
	g_checksum_update(sum, (const guchar *)bytes, (gssize)length);
}

/* What has no normal form (labels whose names differ in case only) counts as it is written. */
static void add_body(GChecksum *sum, const ApiCall *call, Arena *arena)
{
	const char *problem, *normal = profile_normal(call->body, call->body_length, arena, &problem);

	if (normal)
		add(sum, normal, strlen(normal));
	else
		add(sum, call->body, call->body_length);
}

static void add_query(GChecksum *sum, const char *text, Arena *arena)
{
	PairList query = { 0 };

	if (!query_parse(text, &query, arena)) {
		add(sum, text, strlen(text));
		return;
	}
	for (size_t i = 0; i < query.count; i++) {
		add(sum, query.items[i].key, strlen(query.items[i].key));
		add(sum, query.items[i].value, strlen(query.items[i].value));
	}
}

const char *call_print(const ApiCall *call, Arena *arena)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	size_t path = strcspn(call->uri, "?");

	add(sum, call->method, strlen(call->method));
	add(sum, call->uri, path);
	add_query(sum, call->uri[path] ? call->uri + path + 1 : "", arena);
	add(sum, "", 0); /* where the query ends */
	if (call->body)
		add_body(sum, call, arena);
	return arena_strdup(arena, g_checksum_get_string(sum));
}
