/* SPDX-License-Identifier: MIT
 *
 * What is known of a Docker by its version.
 */
#include <string.h>
#include "core/diagnose.h"
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

/* Where BuildKit could push by itself what nobody looks at, doctor says so; what Docker says of its store is read with care. */
static void test_pushes(void)
{
#define INFO(status) "{\"DockerRootDir\":\"/d\",\"DriverStatus\":" status "}"
	static const char containerd[] = INFO("[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]");
	static const struct { const char *info; bool looks, builds; size_t count; CheckStatus status; EngineStore store; } rows[] = {
		{ containerd, true, true, 1, CHECK_WARNING, STORE_CONTAINERD },
		{ containerd, true, false, 1, CHECK_OK, STORE_CONTAINERD },
		{ containerd, false, true, 0, CHECK_OK, STORE_CONTAINERD },
		{ INFO("[[\"Backing Filesystem\",\"extfs\"],[\"driver-type\",\"io.containerd.snapshotter.v1\"]]"), true, true, 1, CHECK_WARNING, STORE_CONTAINERD },
		{ INFO("[[\"Backing Filesystem\",\"extfs\"],[\"Supports d_type\",\"true\"]]"), true, true, 1, CHECK_OK, STORE_DOCKER },
		{ INFO("null"), true, true, 1, CHECK_OK, STORE_DOCKER },
		{ INFO("[[\"io.containerd.snapshotter.v1\",\"driver-type\"],[\"driver-type\"],[]]"), true, true, 1, CHECK_OK, STORE_DOCKER },
		{ INFO("[7]"), true, true, 1, CHECK_WARNING, STORE_UNKNOWN },
		{ "{\"DockerRootDir\":\"/d\"}", true, true, 1, CHECK_WARNING, STORE_UNKNOWN },
		{ "x", true, true, 1, CHECK_WARNING, STORE_UNKNOWN },
		{ NULL, true, true, 1, CHECK_WARNING, STORE_UNKNOWN },
		{ NULL, true, false, 1, CHECK_OK, STORE_UNKNOWN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		FactList facts = { 0 };
		CheckList checks = { 0 };
		diagnose_questions(&facts, arena);
		for (size_t k = 0; k < facts.count && rows[i].info; k++)
			if (!strcmp(facts.items[k].name, "info"))
				facts.items[k] = (Fact){ FACT_DAEMON, "info", FACT_KNOWN, rows[i].info, strlen(rows[i].info) };
		diagnose_pushes(&facts, rows[i].looks, rows[i].builds, &checks, arena);
		g_test_message("%zu", i);
		if (rows[i].info)
			g_assert_cmpint(engine_store(rows[i].info, strlen(rows[i].info), arena), ==, rows[i].store);
		g_assert_cmpuint(checks.count, ==, rows[i].count);
		if (checks.count)
			g_assert_cmpint(checks.items[0].status, ==, rows[i].status);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/engine/remarks", test_engines);
	g_test_add_func("/engine/pushes", test_pushes);
	return g_test_run();
}
