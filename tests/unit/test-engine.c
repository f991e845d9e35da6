/* SPDX-License-Identifier: MIT
 *
 * What is known of a Docker by its version.
 */
#include <string.h>
#include "request/engine.h"

static void test_engines(void)
{
	static const struct { const char *version, *remarks; } rows[] = {
		{ "20.10.24+dfsg1", "" },
		{ "20.10.24", "chunked-bodies " },
		{ "23.0.15", "" },
		{ "24.0.9", "chunked-bodies " },
		{ "25.0.6", "" },
		{ "25.0.16", "" },
		{ "26.1.4", "chunked-bodies " },
		{ "27.1.1", "" },
		{ "28.5.2", "" },
		{ "29.1.9", "" },
		{ "29.2.0", "grpc " },
		{ "29.3.1", "grpc " },
		{ "dev", "chunked-bodies grpc " },
	};
	static const char answer_text[] = "{\"Platform\":{},\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\"}";
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		EngineRemarkList list = engine_remarks(rows[i].version, arena);
		g_autoptr(GString) names = g_string_new(NULL);
		for (size_t j = 0; j < list.count; j++)
			g_string_append_printf(names, "%s ", list.items[j].name);
		g_test_message("%s", rows[i].version);
		g_assert_cmpstr(names->str, ==, rows[i].remarks);
	}
	const struct { const char *version; bool shared; } sockets[] = { { "20.10.24+dfsg1", false }, { "28.5.2", false }, { "29.1.9", false }, { "29.2.0", true }, { "30.0.0-rc.1", true }, { "dev", true } };
	for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++)
		g_assert_cmpint(engine_takes_http2(sockets[i].version), ==, sockets[i].shared);
	g_assert_cmpstr(engine_version(answer_text, strlen(answer_text), arena), ==, "20.10.24");
	g_assert_null(engine_version("[]", 2, arena));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/engine/remarks", test_engines);
	return g_test_run();
}
