/* SPDX-License-Identifier: MIT
 *
 * The trail that is there when the service starts.
 */
#pragma once

#include <stdio.h>
#include <glib.h>

#define ENTRY "{\"v\":1,\"id\":%u,\"time\":5,\"decision\":\"denied\",\"mode\":\"enforce\",\"policy\":\"p\",\"score\":40,\"max_score\":50,\"user\":\"%s\",\"method\":\"POST\"," \
	"\"uri\":\"/x\",\"endpoint\":\"container.create\",\"command\":\"=docker create x\",\"image\":\"x\",\"subject\":\"\",\"duration_us\":3,\"findings\":[{\"rule\":\"privileged\"," \
	"\"severity\":\"critical\",\"category\":\"c\",\"action\":\"block\",\"message\":\"m\"}]}\n"

#define FIT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static inline const char *entry_of_denial(unsigned id, const char *rule, const char *key, const char *fit)
{
	static char line[1024];

	(void)snprintf(line, sizeof line,
		"{\"v\":1,\"id\":%u,\"time\":5,\"decision\":\"denied\",\"mode\":\"enforce\",\"policy\":\"p\",\"score\":40,\"max_score\":50,\"user\":\"alice\",\"method\":\"POST\","
		"\"uri\":\"/x\",\"endpoint\":\"e\",\"command\":\"docker create x\",\"image\":\"img\",\"subject\":\"\",\"duration_us\":3,\"fit\":\"%s\",\"findings\":[{\"rule\":\"%s\","
		"\"severity\":\"critical\",\"category\":\"c\",\"action\":\"block\",\"message\":\"m\",\"key\":\"%s\"}]}\n",
		id, fit, rule, key);
	return line;
}

static inline char *first_trail(void)
{
	static const char *const users[] = { "alice", "nobody", "one-of:alice,nobody", "one-of:nobody,?", "tls:nobody" };
	GString *trail = g_string_new(NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(users); i++)
		g_string_append_printf(trail, ENTRY, i + 1, users[i]);
	g_string_append(trail, entry_of_denial(1001, "privileged", "0123456789abcdef0123456789abcdef", FIT));
	g_string_append(trail, entry_of_denial(1002, "builtin.ambiguous-body", "0123456789abcdef0123456789abcdef", FIT));
	g_string_append(trail, entry_of_denial(1003, "privileged", "0123456789abcdef0123456789abcdef", "")); /* of an image that was not here */
	return g_string_free(trail, FALSE);
}
