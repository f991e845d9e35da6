/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/users.h"
#include "core/grant-internal.h"
#include "request/print.h"

/* Lines of the file, one a field; texts are escaped by GKeyFile. */
static const struct { const char *name; size_t offset; } texts[] = {
	{ "user", offsetof(Grant, user) },       { "image", offsetof(Grant, image) },   { "endpoint", offsetof(Grant, endpoint) },
	{ "subject", offsetof(Grant, subject) }, { "by", offsetof(Grant, by) },         { "reason", offsetof(Grant, reason) },
	{ "command", offsetof(Grant, command) }, { "fit", offsetof(Grant, fit) },
};

static char **text_of(Grant *grant, size_t i)
{
	return (char **)(void *)((char *)grant + texts[i].offset);
}

void grant_free(Grant *grant)
{
	if (!grant)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*text_of(grant, i));
	g_strfreev(grant->keys);
	g_strfreev(grant->bound);
	g_free(grant);
}

Grant *grant_copy(Grant *grant)
{
	Grant *copy = g_new0(Grant, 1);

	*copy = *grant;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*text_of(copy, i) = g_strdup(*text_of(grant, i));
	copy->keys = g_strdupv(grant->keys);
	copy->bound = g_strdupv(grant->bound);
	return copy;
}

void grant_key(const Finding *finding, char *ret)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(sum, (const guchar *)finding->rule, (gssize)strlen(finding->rule) + 1);
	g_checksum_update(sum, (const guchar *)finding->what, (gssize)strlen(finding->what) + 1);
	(void)g_strlcpy(ret, g_checksum_get_string(sum), GRANT_KEY_LENGTH + 1);
}

void grant_put(GKeyFile *file, Grant *grant)
{
	g_autofree char *group = g_strdup_printf("%" G_GUINT64_FORMAT, grant->id);

	g_key_file_set_uint64(file, group, "decision", grant->decision_id);
	g_key_file_set_int64(file, group, "made", grant->made_us);
	g_key_file_set_int64(file, group, "expires", grant->expires_us);
	g_key_file_set_uint64(file, group, "uses", grant->uses_left);
	g_key_file_set_string_list(file, group, "keys", (const char *const *)grant->keys, g_strv_length(grant->keys));
	if (grant->bound)
		g_key_file_set_string_list(file, group, "bound", (const char *const *)grant->bound, g_strv_length(grant->bound));
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_key_file_set_string(file, group, texts[i].name, *text_of(grant, i) ? *text_of(grant, i) : "");
}

Grant *grant_get(GKeyFile *file, const char *group, GError **error)
{
	g_autoptr(Grant) grant = g_new0(Grant, 1);

	grant->id = g_ascii_strtoull(group, NULL, 10);
	grant->decision_id = g_key_file_get_uint64(file, group, "decision", error);
	grant->made_us = g_key_file_get_int64(file, group, "made", *error ? NULL : error);
	grant->expires_us = g_key_file_get_int64(file, group, "expires", *error ? NULL : error);
	grant->uses_left = (unsigned)MIN(g_key_file_get_uint64(file, group, "uses", *error ? NULL : error), LIMIT_GRANT_USES);
	grant->keys = g_key_file_get_string_list(file, group, "keys", NULL, *error ? NULL : error);
	grant->bound = g_key_file_get_string_list(file, group, "bound", NULL, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*text_of(grant, i) = g_key_file_get_string(file, group, texts[i].name, *error || !strcmp(texts[i].name, "fit") ? NULL : error);
	return *error || !grant->id ? NULL : g_steal_pointer(&grant);
}

const char *grant_fit(const ApiCall *call, const Request *request, Arena *arena)
{
	const Request *stored = request->stored;
	bool runs = request->kind == KIND_CONTAINER_CREATE || request->kind == KIND_SERVICE;
	const char *parts[] = { call_print(call, arena), stored ? stored->image_id : request->image_id, stored ? stored->container_id : "" };
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	if (request->problem != PROBLEM_NONE || (runs && !*request->image_id && !*request->image.digest))
		return "";
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_checksum_update(sum, (const guchar *)parts[i], (gssize)strlen(parts[i]) + 1);
	return arena_strdup(arena, g_checksum_get_string(sum));
}

const char *grant_made(const Request *request)
{
	bool covered = !strcmp(request->endpoint, "container.attach") || !strcmp(request->endpoint, "container.start");

	if (!strcmp(request->endpoint, "exec.start"))
		return request->subject;
	return covered && request->stored ? request->stored->container_id : "";
}

bool grant_is_bound(const Grant *grant, const Request *request)
{
	const char *made = grant_made(request);

	return *made && grant->bound && g_strv_contains((const char *const *)grant->bound, made);
}

static bool is_for(const Grant *grant, const char *user)
{
	return *grant->user ? !strcmp(grant->user, user) : !g_str_has_prefix(user, USER_TLS) && !g_str_has_prefix(user, USER_SOCKET);
}

static bool concerns(const Grant *grant, const Request *request, const char *user)
{
	if (!is_for(grant, user))
		return false;
	return grant_is_bound(grant, request) || (grant->uses_left && grant->fit && *grant->fit && !strcmp(grant->fit, request->fit));
}

/* Of the call itself nothing but what somebody looked at; of a container that came of it also what the policy lets through anyway:
 * Docker does not store all of a call as it was (a limit that the kernel has not got is dropped). */
static bool excuses(const Grant *grant, const Decision *decision, bool bound)
{
	char key[GRANT_KEY_LENGTH + 1];
	unsigned rest = 0;

	for (size_t i = 0; i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		if (g_str_has_prefix(finding->rule, "builtin."))
			return false;
		grant_key(finding, key);
		if (g_strv_contains((const char *const *)grant->keys, key))
			continue;
		if (!bound || finding->action == ACTION_BLOCK)
			return false;
		rest += finding->points;
	}
	return decision->finding_count > 0 && rest <= decision->max_score;
}

bool grant_fits(const Grant *grant, const Request *request, const Decision *decision, const char *user, int64_t now_us)
{
	return grant->expires_us > now_us && concerns(grant, request, user) && excuses(grant, decision, grant_is_bound(grant, request));
}

void grant_rebind(Grant *grant, const char *id, const char *more)
{
	g_autoptr(GStrvBuilder) left = g_strv_builder_new();

	for (char **at = grant->bound; at && *at; at++)
		if (strcmp(*at, id) != 0)
			g_strv_builder_add(left, *at);
	if (more)
		g_strv_builder_add(left, more);
	g_strfreev(grant->bound);
	grant->bound = g_strv_builder_end(left);
}
