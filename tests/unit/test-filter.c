/* SPDX-License-Identifier: MIT
 *
 * What is left out of Docker's answers at a socket with `read`.
 */
#include <string.h>
#include <glib.h>
#include "proxy/filter.h"

#define LABELED "{\"Id\":\"a\",\"Config\":{\"Env\":[\"TOKEN=x\"],\"Labels\":{\"traefik.enable\":\"true\",\"x\":\"\"}}}"
#define ENABLED "traefik.enable=true"

static const struct { const char *name, *json, *labels; bool hides; FilterResult result; const char *left; } rows[] = {
	{ "as it is", LABELED, "", false, FILTER_SHOWN, LABELED },
	{ "its label", LABELED, ENABLED, false, FILTER_SHOWN, LABELED },
	{ "whatever the value", LABELED, "x", false, FILTER_SHOWN, LABELED },
	{ "both", LABELED, ENABLED "\nx", false, FILTER_SHOWN, LABELED },
	{ "one of two", LABELED, ENABLED "\ny", false, FILTER_HIDDEN, NULL },
	{ "another value", LABELED, "traefik.enable=false", false, FILTER_HIDDEN, NULL },
	{ "a part of its value", LABELED, "traefik.enable=tru", false, FILTER_HIDDEN, NULL },
	{ "a part of its name", LABELED, "traefik", false, FILTER_HIDDEN, NULL },
	{ "no labels", "{\"Config\":{\"Labels\":null}}", "x", false, FILTER_HIDDEN, NULL },
	{ "nothing of it", "{}", "x", false, FILTER_HIDDEN, NULL },
	{ "labels elsewhere", "{\"Labels\":{\"x\":\"\"},\"HostConfig\":{\"Labels\":{\"x\":\"\"}}}", "x", false, FILTER_HIDDEN, NULL },
	{ "two of them", "{\"Config\":{\"Labels\":{}},\"config\":{\"Labels\":{\"x\":\"\"}}}", "x", false, FILTER_BAD, NULL },
	{ "a list", "[]", "x", false, FILTER_BAD, NULL },
	{ "cut", "{\"Config\":{\"Labels\":{\"x\":", "x", false, FILTER_BAD, NULL },
	{ "no environment", LABELED, "", true, FILTER_SHOWN, "{\"Id\":\"a\",\"Config\":{\"Labels\":{\"traefik.enable\":\"true\",\"x\":\"\"}}}" },
	{ "nor in a list", " { \"a\" : [ 1 , {\"Env\":{\"b\":2}} , {\"env\":3,\"c\":-1.5e3} ] , \"Env\":\"x\", \"d\":null }", "", true, FILTER_SHOWN, "{\"a\":[1,{},{\"c\":-1.5e3}],\"d\":null}" },
	{ "not what is called so in part", "{\"Environment\":1,\"En\":\"Env\"}", "", true, FILTER_SHOWN, "{\"Environment\":1,\"En\":\"Env\"}" },
	{ "by an escape", "{\"\\u0045nv\":1,\"e\":\"\\u0000\"}", "", true, FILTER_BAD, NULL },
	{ "... that is well", "{\"\\u0045nv\":1,\"e\\\"\":\"\\n\"}", "", true, FILTER_SHOWN, "{\"e\\\"\":\"\\n\"}" },
	{ "no object", "[{\"Env\":1}]", "", true, FILTER_BAD, NULL },
	{ "more behind it", "{}{\"Env\":1}", "", true, FILTER_BAD, NULL },
	{ "nothing", "", "", true, FILTER_BAD, NULL },
	{ "both ways", LABELED, "y", true, FILTER_HIDDEN, NULL },
};

static void test_filter(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *left = NULL;
		size_t length = 0;
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(filter_answer(rows[i].json, strlen(rows[i].json), rows[i].labels, rows[i].hides, arena, &left, &length), ==, rows[i].result);
		if (rows[i].left)
			g_assert_cmpmem(left, length, rows[i].left, strlen(rows[i].left));
	}
}

/* Deep ones end somewhere, well or not. */
static void test_depth(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) json = g_string_new(NULL);
	const char *left;
	size_t length;

	for (unsigned i = 0; i < 100000; i++)
		g_string_append(json, "{\"a\":");
	g_assert_cmpint(filter_answer(json->str, json->len, "", true, arena, &left, &length), ==, FILTER_BAD);
	g_assert_cmpint(filter_answer(json->str, json->len, "x", false, arena, &left, &length), ==, FILTER_BAD);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/filter/table", test_filter);
	g_test_add_func("/filter/depth", test_depth);
	return g_test_run();
}
