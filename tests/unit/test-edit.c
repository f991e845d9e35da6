/* SPDX-License-Identifier: MIT
 *
 * daemon.json before, with the plugin, and back again; and the dockerd that shall read it.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "helper/docker.h"
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

/* Nothing to take out: the text as it is, and nothing before its first byte is looked at. */
static void test_not_there(void)
{
	static const char text[] = ",{\"a\": 1}";
	g_autofree char *removed = edit_remove(text + 1, "sentinel", NULL);

	g_assert_cmpstr(removed, ==, text + 1);
}

/* The object and 63 lists in it, and one more. */
static void test_depth(void)
{
	for (unsigned over = 0; over < 2; over++) {
		g_autofree char *begin = g_strnfill(63 + over, '['), *end = g_strnfill(63 + over, ']');
		g_autofree char *text = g_strconcat("{\"a\": ", begin, end, "}", NULL), *added = edit_add(text, "sentinel", NULL);
		g_assert_cmpint(added != NULL, ==, !over);
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

#define CLOSED "\"entitlements\": {\"network-host\": false, \"security-insecure\": false}"

/* What json-glib takes and Docker does not, or reads otherwise. */
static void test_strict(void)
{
	static const char *const rows[] = {
		"{} {}", "{}x", "{/* c */}", "{} // c", "{'a': 1}", "{\"a\": 1,}", "{\"a\": [1,]}", "{\"a\": 01}", "{\"a\": +1}", "{\"a\": .5}", "{\"a\": 1.}", "{\"a\": \"\t\"}",
		"{\"a\": \"\\x\"}", "{\"a\": \"\\u12\"}", "{\"a\" 1}", "{a: 1}", "{\"a\": tru}", "{\"a\": NaN}", "{\"a\": \"\xff\"}", "[", "{\"a\": \"", "{\"a\": [1}",
		"{\"Authorization-Plugins\": [\"opa\"]}", "{\"authorization-pluginS\": []}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *shown = g_strescape(rows[i], NULL);
		g_test_message("%s", shown);
		g_assert_null(edit_add(rows[i], "sentinel", &error));
		g_assert_nonnull(error);
		g_assert_null(edit_remove(rows[i], "sentinel", NULL));
	}
	g_autofree char *good = edit_add("{\"a\": [-0.5e+3, true, null, \"\\u00e4\\n\"], \"b\": {}}", "sentinel", NULL);
	g_assert_nonnull(good);
}

static void test_builder(void)
{
	static const struct { const char *before, *after; } rows[] = {
		{ "{}", "{\"builder\": {" CLOSED "}}" },
		{ "{ }\n", "{\"builder\": {" CLOSED "} }\n" },
		{ "{\"a\":1}", "{\"builder\": {" CLOSED "},\"a\":1}" },
		{ "{\n    \"authorization-plugins\": [\"sentinel\"]\n}\n", "{\n    \"builder\": {" CLOSED "},\n    \"authorization-plugins\": [\"sentinel\"]\n}\n" },
		{ "{\"builder\":{}}", "{\"builder\":{" CLOSED "}}" },
		{ "{\"x\":[{\"builder\":1}],\"builder\": {\n\t\"gc\": {\"enabled\": true}\n}}",
			"{\"x\":[{\"builder\":1}],\"builder\": {\n\t" CLOSED ",\n\t\"gc\": {\"enabled\": true}\n}}" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *added = NULL, *closed = edit_close_builder(rows[i].before, &added, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(closed, ==, rows[i].after);
		g_assert_false(edit_builder_is_closed(rows[i].before));
		g_assert_true(edit_builder_is_closed(closed));
		g_autofree char *opened = edit_open_builder(closed, added, &error), *twice = edit_open_builder(opened, added, &error);
		g_assert_cmpstr(opened, ==, rows[i].before);
		g_assert_cmpstr(twice, ==, rows[i].before);
		g_autofree char *with_plugin = edit_add(closed, "sentinel", &error), *without = edit_open_builder(with_plugin, added, &error);
		g_autofree char *again = edit_add(rows[i].before, "sentinel", &error);
		g_assert_cmpstr(without, ==, again); /* in whatever order it is taken out */
	}
}

/* What somebody else said of it is not touched. */
static void test_builder_refused(void)
{
	static const char *const texts[] = {
		"{", "{\"builder\": []}", "{\"builder\": null}", "{\"builder\": {}, \"builder\": {}}", "{\"builder\": {\"Entitlements\": {}}}",
		"{\"builder\": {\"entitlements\": {\"network-host\": true}}}", "{\"builder\": {\"gc\": {}, \"entitlements\": {\"security-insecure\": true}}}",
	};
	static const char *const closed[] = {
		"{\"builder\": {\"entitlements\": {\"network-host\": false}}}", "{\"builder\": {\"Entitlements\": {\"security-insecure\": false, \"Network-Host\": false}}}",
	};
	static const char *const open[] = {
		"{\"builder\": {\"entitlements\": {\"network-host\": false, \"security-insecure\": true}}}", "{\"builder\": {\"entitlements\": {\"network-host\": \"false\"}}}", "x",
	};
	g_autofree char *changed = edit_open_builder("{\"builder\": {\"entitlements\": {\"network-host\": true}}}", "\"builder\": {" CLOSED "}", NULL);

	g_assert_cmpstr(changed, ==, "{\"builder\": {\"entitlements\": {\"network-host\": true}}}");
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *added = NULL, *after = edit_close_builder(texts[i], &added, &error);
		g_assert_null(after);
		g_assert_nonnull(error);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(closed); i++)
		g_assert_true(edit_builder_is_closed(closed[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
		g_assert_false(edit_builder_is_closed(open[i]));
}

/* A dockerd that is told, and one that has ended meanwhile. */
static void test_reload(void)
{
	g_autoptr(GError) error = NULL;
	siginfo_t end = { 0 };
	const Docker docker = { .pid = fork() };

	if (docker.pid == 0)
		for (;;)
			(void)pause();
	g_assert_cmpint(docker.pid, >, 0);
	g_assert_true(docker_reload(&docker, &error));
	g_assert_no_error(error);
	g_assert_cmpint(waitid(P_PID, (id_t)docker.pid, &end, WEXITED), ==, 0);
	g_assert_cmpint(end.si_status, ==, SIGHUP);
	g_assert_false(docker_reload(&docker, &error));
	g_assert_nonnull(strstr(error->message, "cannot be told"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/edit/pairs", test_pairs);
	g_test_add_func("/edit/strict", test_strict);
	g_test_add_func("/edit/builder", test_builder);
	g_test_add_func("/edit/builder-refused", test_builder_refused);
	g_test_add_func("/edit/remove", test_remove);
	g_test_add_func("/edit/not-there", test_not_there);
	g_test_add_func("/edit/depth", test_depth);
	g_test_add_func("/edit/no-file", test_no_file);
	g_test_add_func("/edit/refused", test_refused);
	g_test_add_func("/edit/reload", test_reload);
	return g_test_run();
}
