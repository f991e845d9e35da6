/* SPDX-License-Identifier: MIT
 *
 * What is believed of the files of "sentinel policy fetch", whose directory is another user's, and what doctor says of it.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "core/fetched.h"
#include "scratch.h"

#define NOW_US (INT64_C(1800000000) * G_USEC_PER_SEC)
#define ACCEPTED                                                                                                                          \
	"{\"number\":7,\"manifest\":\"ab\",\"accepted_us\":5,\"expires_us\":1900000000000000,\"policy\":\"shop\",\"source\":\"https://h/p\",\"key\":\"release\"}"
#define STATUS "{\"checked_us\":9,\"failed_us\":4,\"error\":\"\"}"

/* What stands there, and what is known then. */
static void test_files(void)
{
	static const struct {
		const char *accepted, *status; /* NULL: no file */
		bool begun, tried;
		int64_t number;
		const char *error;
	} rows[] = {
		{ NULL, NULL, false, false, 0, "" },
		{ ACCEPTED, STATUS, true, true, 7, "" },
		{ ACCEPTED, NULL, true, false, 7, "" },
		{ "{\"number\":0}", STATUS, true, true, 0, "" },
		{ NULL, "{\"failed_us\":4,\"error\":\"no \\u001b[31mway\"}", false, true, 0, "no ?[31mway" },
		{ "{\"number\":-1}", NULL, false, false, 0, "" },
		{ "{\"number\":\"7\"}", NULL, false, false, 0, "" },
		{ "{\"number\":7} ", "{\"error\":7}", true, false, 7, "" },
		{ "{\"number\":7}{", "x", false, false, 0, "" },
		{ "{\"number\":7,\"number\":8}", "", false, false, 0, "" },
		{ "{}", "{}", false, true, 0, "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(Arena) arena = arena_new();
		Fetched fetched;

		if (rows[i].accepted)
			scratch_put(dir, FETCHED_ACCEPTED, rows[i].accepted);
		if (rows[i].status)
			scratch_put(dir, FETCHED_STATUS, rows[i].status);
		fetched_read(dir, arena, &fetched);
		g_assert_cmpint(fetched.begun, ==, rows[i].begun);
		g_assert_cmpint(fetched.tried, ==, rows[i].tried);
		g_assert_cmpint(fetched.number, ==, rows[i].number);
		g_assert_cmpstr(fetched.error, ==, rows[i].error);
		g_assert_nonnull(fetched.policy);
		g_assert_nonnull(fetched.source);
	}
}

/* It does not wait, and reads no other file. */
static void test_hostile(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *accepted = g_build_filename(dir, FETCHED_ACCEPTED, NULL), *status = g_build_filename(dir, FETCHED_STATUS, NULL);
	Fetched fetched;

	g_assert_cmpint(mkfifo(accepted, 0600), ==, 0);
	scratch_put(dir, "elsewhere", STATUS);
	g_assert_cmpint(symlink("elsewhere", status), ==, 0);
	fetched_read(dir, arena, &fetched);
	g_assert_false(fetched.begun);
	g_assert_false(fetched.tried);
}

static void test_limit(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();

	for (size_t more = 0; more < 2; more++) {
		g_autoptr(GString) text = g_string_new(ACCEPTED);
		Fetched fetched;
		while (text->len < LIMIT_FETCH_STATE_BYTES + more)
			g_string_append_c(text, ' ');
		scratch_put(dir, FETCHED_ACCEPTED, text->str);
		fetched_read(dir, arena, &fetched);
		g_assert_cmpint(fetched.begun, ==, more == 0);
	}
}

static void test_doctor(void)
{
	static const struct {
		Fetched fetched;
		const char *active;
		const char *status, *part; /* NULL: nothing is said */
	} rows[] = {
		{ { .error = "", .policy = "", .source = "" }, "shop", NULL, NULL },
		{ { .begun = true, .tried = true, .number = 7, .policy = "shop", .source = "/s", .error = "", .expires_us = NOW_US }, "shop", "ok",
			"the policy shop was fetched (number 7 of /s)" },
		{ { .begun = true, .number = 2, .policy = "", .source = "", .error = "" }, "shop", "ok", "from number 3 on" },
		{ { .begun = true, .tried = true, .number = 7, .policy = "shop", .source = "/s", .error = "", .expires_us = NOW_US - 1 }, "shop", "warning",
			"ended on 2027-01-15 (number 7 of /s)" },
		{ { .begun = true, .tried = true, .number = 7, .policy = "shop", .source = "/s", .error = "" }, "strict", "warning",
			"is not the one that was fetched, shop" },
		{ { .begun = true, .tried = true, .number = 7, .policy = "shop", .source = "/s", .error = "too old" }, "shop", "failed",
			"what was in force stays: too old" },
		{ { .tried = true, .policy = "", .source = "", .error = "" }, "shop", "failed", "there is no record" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		CheckList checks = { 0 };

		diagnose_fetched(&rows[i].fetched, rows[i].active, NOW_US, &checks, arena);
		g_assert_cmpuint(checks.count, ==, rows[i].status ? 1 : 0);
		if (!rows[i].status)
			continue;
		g_assert_cmpstr(check_status_name(checks.items[0].status), ==, rows[i].status);
		g_assert_nonnull(strstr(checks.items[0].message, rows[i].part));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fetched/files", test_files);
	g_test_add_func("/fetched/hostile", test_hostile);
	g_test_add_func("/fetched/limit", test_limit);
	g_test_add_func("/fetched/doctor", test_doctor);
	return g_test_run();
}
