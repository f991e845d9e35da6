/* SPDX-License-Identifier: MIT
 *
 * A policy that is expensive to judge by.
 */
#pragma once

#include <glib.h>

#define HEAVY_SUBJECT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"

/* One judgement costs 200 regular expressions that give up, and it has these tests. */
static inline char *heavy_policy(const char *name, unsigned tests)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "name: %s\nmode: audit\ncustom_rules:\n", name);
	for (unsigned i = 0; i < 200; i++)
		g_string_append_printf(text, "  - {name: r%u, condition: {field: subject, operator: matches, value: '^(a+)+$'}}\n", i);
	for (unsigned i = 0; i < tests; i++)
		g_string_append_printf(text, "%s  - {name: t%u, command: docker start " HEAVY_SUBJECT ", expect: {decision: denied}}\n", i ? "" : "tests:\n", i);
	return g_string_free(text, FALSE);
}
