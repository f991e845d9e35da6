/* SPDX-License-Identifier: MIT
 *
 * What AuditQuery answers.
 */
#pragma once

#include <string.h>
#include "callers.h"

/* The ids that an answer has, "7 2 ", newest first. */
static inline char *ids_of(sd_bus_message *reply)
{
	GString *ids = g_string_new(NULL);
	const char *name;
	uint64_t id;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	while (sd_bus_message_enter_container(reply, 'a', "{sv}") > 0) {
		g_assert_cmpint(sd_bus_message_read(reply, "{sv}", &name, "t", &id), >, 0);
		g_assert_cmpstr(name, ==, "id");
		g_string_append_printf(ids, "%" G_GUINT64_FORMAT " ", id);
		while (sd_bus_message_skip(reply, "{sv}") > 0)
			;
		g_assert_cmpint(sd_bus_message_exit_container(reply), >, 0);
	}
	sd_bus_message_unref(reply);
	return g_string_free(ids, FALSE);
}

/* name NULL: without a filter. */
static inline unsigned count_of(sd_bus *bus, const char *name, const char *value)
{
	g_autofree char *ids = ids_of(name ? call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 1, name, "s", value, 10, (uint64_t)0)
					   : call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 0, 10, (uint64_t)0));
	unsigned count = 0;

	for (const char *at = ids; (at = strchr(at, ' ')); at++)
		count++;
	return count;
}

/* What audit show asks for. */
static inline void expect_record(sd_bus *bus, uint64_t id, bool seen)
{
	g_autofree char *ids = ids_of(call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 2, "record", "b", 1, "kind", "s", "any", 1, id + 1));
	g_autofree char *wanted = g_strdup_printf("%" G_GUINT64_FORMAT " ", id);

	g_assert_cmpint(!strcmp(ids, wanted), ==, seen);
}

static inline void expect_points(sd_bus *bus, uint64_t points, const char *expected)
{
	g_autofree char *ids = ids_of(call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 1, "min_score", "t", points, 10, (uint64_t)0));

	g_assert_cmpstr(ids, ==, expected);
}
