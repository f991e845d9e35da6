/* SPDX-License-Identifier: MIT
 *
 * daemon.json before, with the plugin, and back again.
 */
#include <string.h>
#include "helper/edit.h"

static const struct { const char *before, *after; } pairs[] = {
	{ "{}", "{\"authorization-plugins\": [\"sentinel\"]}" },
	{ "{ }\n", "{\"authorization-plugins\": [\"sentinel\"] }\n" },
	{ "{\"a\":1}", "{\"authorization-plugins\": [\"sentinel\"],\"a\":1}" },
	{ "{\n  \"a\": 1\n}\n", "{\n  \"authorization-plugins\": [\"sentinel\"],\n  \"a\": 1\n}\n" },
	{ "{\n\t\"log-opts\": {\"authorization-plugins\": \"x\"},\n\t\"b\": [\"}\", \"\\\"\"]\n}", "{\n\t\"authorization-plugins\": [\"sentinel\"],\n\t\"log-opts\": "
	  "{\"authorization-plugins\": \"x\"},\n\t\"b\": [\"}\", \"\\\"\"]\n}" },
	{ "{\"authorization-plugins\": [\"opa\"]}", "{\"authorization-plugins\": [\"opa\", \"sentinel\"]}" },
	{ "{\"x\": 1, \"authorization-plugins\": [\n  \"opa\",\n  \"b]\"\n]}", "{\"x\": 1, \"authorization-plugins\": [\n  \"opa\",\n  \"b]\", \"sentinel\"\n]}" },
	{ "\n { \"x\" : [1, {\"y\": [2]}] , \"z\":null}", "\n { \"authorization-plugins\": [\"sentinel\"], \"x\" : [1, {\"y\": [2]}] , \"z\":null}" },
};

static void test_pairs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *added = edit_add(pairs[i].before, "sentinel", &error), *again = edit_add(added, "sentinel", &error);
		g_autofree char *removed = edit_remove(added, "sentinel", &error), *twice = edit_remove(removed, "sentinel", &error);
		g_assert_no_error(error);
		g_assert_cmpstr(added, ==, pairs[i].after);
		g_assert_cmpstr(again, ==, added);
		g_assert_cmpstr(removed, ==, pairs[i].before);
		g_assert_cmpstr(twice, ==, removed);
	}
}

/* Lists that somebody else wrote. */
static void test_remove(void)
{
	static const struct { const char *before, *after; } rows[] = {
		{ "{\"authorization-plugins\": [\"sentinel\", \"opa\"]}", "{\"authorization-plugins\": [ \"opa\"]}" },
		{ "{\"a\": 1, \"authorization-plugins\": [\"sentinel\"]}", "{\"a\": 1}" },
		{ "{\"a\": 1, \"authorization-plugins\": [ \"sentinel\" ], \"b\": 2}", "{\"a\": 1, \"b\": 2}" },
		{ "{\"authorization-plugins\": [\"opa\", \"sentinel\", \"x\"]}", "{\"authorization-plugins\": [\"opa\", \"x\"]}" },
		{ "{\"authorization-plugins\": []}", "{\"authorization-plugins\": []}" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *removed = edit_remove(rows[i].before, "sentinel", NULL);
		g_assert_cmpstr(removed, ==, rows[i].after);
	}
}

static void test_no_file(void)
{
	g_autofree char *made = edit_add(NULL, "sentinel", NULL), *from_empty = edit_add(" \n", "sentinel", NULL);

	g_assert_cmpstr(made, ==, "{\n    \"authorization-plugins\": [\"sentinel\"]\n}\n");
	g_assert_cmpstr(from_empty, ==, made);
	g_assert_true(edit_is_ours(made, "sentinel"));
	g_assert_false(edit_is_ours("{}", "sentinel"));
}

static void test_refused(void)
{
	static const char *const texts[] = {
		"{", "[]", "x", "{\"a\": 1,}", "{\"authorization-plugins\": \"sentinel\"}", "{\"authorization-plugins\": null}",
		"{\"authorization-plugins\": [], \"authorization-plugins\": []}", "/* */ {}", "{\"authorization\\u002dplugins\": []}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *added = edit_add(texts[i], "sentinel", &error);
		if (added)
			g_error("%s became %s", texts[i], added);
		g_assert_nonnull(error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/edit/pairs", test_pairs);
	g_test_add_func("/edit/remove", test_remove);
	g_test_add_func("/edit/no-file", test_no_file);
	g_test_add_func("/edit/refused", test_refused);
	return g_test_run();
}
