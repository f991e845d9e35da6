/* SPDX-License-Identifier: MIT
 *
 * Policies from a repository, as properties.
 */
#include <stddef.h>
#include <string.h>
#include "bus/internal.h"
#include "core/fetched.h"

static int append(sd_bus_message *reply, const Fetched *fetched, const char *property)
{
	static const struct {
		const char *name;
		bool is_text;
		size_t offset;
	} rows[] = {
		{ "FetchNumber", false, offsetof(Fetched, number) },       { "FetchPolicy", true, offsetof(Fetched, policy) },
		{ "FetchSource", true, offsetof(Fetched, source) },        { "FetchAccepted", false, offsetof(Fetched, accepted_us) },
		{ "FetchExpires", false, offsetof(Fetched, expires_us) },  { "FetchChecked", false, offsetof(Fetched, checked_us) },
		{ "FetchFailed", false, offsetof(Fetched, failed_us) },    { "FetchError", true, offsetof(Fetched, error) },
	};
	const char *base = (const char *)fetched;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].name, property) != 0)
			continue;
		if (rows[i].is_text)
			return sd_bus_message_append_basic(reply, 's', *(const char *const *)(const void *)(base + rows[i].offset));
		return sd_bus_message_append(reply, "t", (uint64_t)*(const int64_t *)(const void *)(base + rows[i].offset));
	}
	g_assert_not_reached();
}

int get_fetched(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	g_autoptr(Arena) arena = arena_new();
	Fetched fetched;

	fetched_read(((Bus *)data)->context->paths->fetch_dir, arena, &fetched);
	return append(reply, &fetched, property);
}
