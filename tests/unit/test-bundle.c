/* SPDX-License-Identifier: MIT
 *
 * Policies from a repository, by the parts that believe nothing: the manifest, the files, the record.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "cli/policy-bundle.h"
#include "tests/unit/scratch.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ENTRY "{\"name\": \"shop\", \"file\": \"shop-7.yaml\", \"size\": 1, \"sha256\": \"" DIGEST "\"}"
#define MANIFEST(number, entries) "{\"format\": \"sentinel-policies-1\", \"number\": " number ", \"expires\": \"2027-01-31T00:00:00Z\", \"policies\": [" entries "]}"
#define GOOD MANIFEST("7", ENTRY)

static const Cli own = { .local = TRUE };

static bool reads(const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	Problem problem = { 0 };
	Bundle bundle;
	int code = bundle_read(bytes, &bundle, &problem);

	g_assert_cmpint(code == 0, ==, problem.text == NULL);
	g_assert_true(code == 0 || code == EXIT_DENIED);
	bundle_clear(&bundle);
	g_free(problem.text);
	return code == 0;
}

/* The good manifest, with something else for a part of it. */
static bool reads_with(const char *part, const char *other)
{
	g_auto(GStrv) halves = g_strsplit(GOOD, part, 2);
	g_autofree char *text = g_strconcat(halves[0], other, halves[1], NULL);

	g_assert_cmpuint(g_strv_length(halves), ==, 2);
	g_test_message("%.200s for %s", other, part);
	return reads(text);
}

static void test_manifest(void)
{
	static const struct { const char *part, *other; bool good; } rows[] = {
		{ "\"number\": 7", "\"number\": 1", true }, { "\"number\": 7", "\"number\": 9007199254740992", true }, { "\"size\": 1", "\"size\": 2", true },
		{ "\"number\": 7", "\"number\": 0", false }, { "\"number\": 7", "\"number\": -1", false }, { "\"number\": 7", "\"number\": 9007199254740993", false },
		{ "\"number\": 7", "\"number\": \"7\"", false }, { "\"number\": 7", "\"number\": 7.5", false }, { "\"number\": 7", "\"numbers\": 7", false },
		{ "\"number\": 7", "\"number\": 7, \"more\": 1", false }, { "\"number\": 7, ", "", false }, { "\"number\": 7", "\"number\": null", false },
		{ "policies-1", "policies-2", false }, { "2027-01-31T00:00:00Z", "soon", false }, { "[" ENTRY "]", "{}", false }, { "[" ENTRY "]", "[]", true },
		{ "[" ENTRY "]", "[7]", false }, { "\"size\": 1", "\"size\": 0", false }, { "\"size\": 1", "\"size\": -1", false }, { "\"size\": 1", "\"size\": \"1\"", false },
		{ "\"size\": 1", "\"size\": 1, \"more\": 1", false }, { "\"size\": 1, ", "", false }, { "0123456789abcdef\"", "0123456789abcde\"", false },
		{ "0123456789abcdef\"", "0123456789abcdef0\"", false }, { "\"shop\"", "\"\"", false }, { "\"shop\"", "\".shop\"", false }, { "\"shop\"", "\"a/b\"", false },
		{ "\"shop\"", "\"sh op\"", false }, { "\"shop-7.yaml\"", "\"\"", false }, { "\"shop-7.yaml\"", "\"..\"", false }, { "\"shop-7.yaml\"", "\"/etc/passwd\"", false },
		{ "\"shop-7.yaml\"", "\"x/y\"", false }, { "\"shop-7.yaml\"", "\"x?y\"", false },
	};
	static const char *const none[] = { "", " ", "7", "[]", "null", "{", "{}" };

	g_assert_true(reads(GOOD));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(reads_with(rows[i].part, rows[i].other), ==, rows[i].good);
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_false(reads(none[i]));
}

static void test_manifest_limits(void)
{
	for (unsigned over = 0; over < 2; over++) {
		g_autofree char *name = g_strnfill(LIMIT_POLICY_NAME + 32 + over, 'n'), *quoted = g_strdup_printf("\"%s\"", name);
		g_autoptr(GString) entries = g_string_new(ENTRY);
		g_assert_cmpint(reads_with("\"shop\"", quoted), ==, !over);
		g_assert_cmpint(reads_with("\"shop-7.yaml\"", quoted), ==, !over);
		for (unsigned i = 1; i < LIMIT_BUNDLE_POLICIES + over; i++)
			g_string_append(entries, "," ENTRY);
		g_assert_cmpint(reads_with(ENTRY, entries->str), ==, !over);
	}
}

/* What the maker writes is what the machine reads. */
static void test_written(void)
{
	g_autoptr(GBytes) policy = g_bytes_new("x: 1\n", 5);
	Problem problem = { 0 };
	Bundle made, found;

	bundle_start(&made);
	made.number = 8;
	made.expires_us = INT64_C(1800000000) * G_USEC_PER_SEC;
	bundle_add(&made, "shop", "shop-8.yaml", policy);
	g_autofree char *text = bundle_text(&made);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_assert_cmpint(bundle_read(bytes, &found, &problem), ==, 0);
	g_assert_cmpint(found.number, ==, 8);
	g_assert_cmpint(found.expires_us, ==, made.expires_us);
	g_assert_cmpuint(found.policies->len, ==, 1);
	const BundlePolicy *one = g_ptr_array_index(found.policies, 0);
	g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, policy), *whole = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	g_assert_cmpstr(one->name, ==, "shop");
	g_assert_cmpstr(one->file, ==, "shop-8.yaml");
	g_assert_cmpstr(one->sha256, ==, digest);
	g_assert_cmpstr(found.digest, ==, whole);
	g_assert_cmpint(one->size, ==, 5);
	bundle_clear(&made);
	bundle_clear(&found);
}

/* 0 and the file, or the exit code. */
static int get(const char *dir, const char *name, gsize limit)
{
	BundleConf conf = { .source = (char *)(uintptr_t)dir };
	GBytes *bytes = NULL;
	Problem problem = { 0 };
	int code = bundle_get(&conf, name, limit, &bytes, &problem);

	if (code == 0)
		g_assert_cmpint(memcmp(g_bytes_get_data(bytes, NULL), "12345", g_bytes_get_size(bytes)), ==, 0);
	g_clear_pointer(&bytes, g_bytes_unref);
	g_free(problem.text);
	return code;
}

static void test_files(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *link = g_build_filename(dir, "link", NULL), *folder = g_build_filename(dir, "folder", NULL), *pipe = g_build_filename(dir, "pipe", NULL);

	scratch_put(dir, "five", "12345");
	g_assert_cmpint(symlink("five", link) | mkdir(folder, 0755) | mkfifo(pipe, 0644), ==, 0);
	g_assert_cmpint(get(dir, "five", 6), ==, 0);
	g_assert_cmpint(get(dir, "five", 5), ==, 0);
	g_assert_cmpint(get(dir, "five", 4), ==, EXIT_UNDONE);
	g_assert_cmpint(get(dir, "link", 6), ==, EXIT_UNDONE);
	g_assert_cmpint(get(dir, "folder", 6), ==, EXIT_UNDONE);
	g_assert_cmpint(get(dir, "pipe", 6), ==, EXIT_UNDONE);
	g_assert_cmpint(get(dir, "none", 6), ==, EXIT_UNDONE);
}

/* The record that is found there; -1: none. */
static int64_t number_in(const char *dir)
{
	BundleState state;
	Problem problem = { 0 };

	g_assert_cmpint(bundle_state_open(&own, dir, &state, &problem), ==, 0);
	int64_t number = state.begun ? state.number : -1;
	bundle_state_close(&state);
	return number;
}

/* A record that cannot be read is none, and none is not "nothing was accepted". */
static void test_records(void)
{
	static const struct { const char *text; int64_t number; } rows[] = {
		{ "{\"number\": 4}", 4 }, { "{\"number\": 0}", 0 }, { "{\"number\": -1}", -1 }, { "{\"number\": \"4\"}", -1 }, { "{\"number\": 4.5}", -1 }, { "{\"numbers\": 4}", -1 },
		{ "[4]", -1 }, { "{\"number\": 4", -1 }, { "", -1 },
	};
	g_autoptr(Scratch) dir = scratch_new();

	g_assert_cmpint(number_in(dir), ==, -1);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].text);
		scratch_put(dir, "accepted", rows[i].text);
		g_assert_cmpint(number_in(dir), ==, rows[i].number);
	}
	for (unsigned over = 0; over < 2; over++) {
		g_autofree char *text = g_strdup_printf("{\"number\": 4}%*s", (int)(LIMIT_FETCH_STATE_BYTES + over - strlen("{\"number\": 4}")), "");
		scratch_put(dir, "accepted", text);
		g_assert_cmpint(number_in(dir), ==, over ? -1 : 4);
	}
}

/* One at a time; the number is begun once, and counts when it was written down. */
static void test_state(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	BundleState state, other;
	Problem problem = { 0 };
	const Bundle bundle = { .number = 9, .digest = (char *)(uintptr_t)DIGEST };
	const BundleConf conf = { .source = (char *)(uintptr_t)"/r", .policy = (char *)(uintptr_t)"shop" };
	const BundleKey key = { .name = (char *)(uintptr_t)"a" };

	g_assert_cmpint(bundle_state_open(&own, dir, &state, &problem), ==, 0);
	g_assert_cmpint(bundle_state_open(&own, dir, &other, &problem), ==, EXIT_UNDONE);
	g_assert_cmpstr(problem.word, ==, "busy");
	bundle_state_close(&other);
	g_clear_pointer(&problem.text, g_free);
	g_assert_cmpint(bundle_state_commit(&state, &problem), ==, EXIT_UNDONE); /* nothing was prepared */
	g_clear_pointer(&problem.text, g_free);
	g_assert_cmpint(bundle_state_begin(&state, 3, &problem), ==, 0);
	bundle_state_close(&state);
	g_assert_cmpint(number_in(dir), ==, 3);

	g_assert_cmpint(bundle_state_open(&own, dir, &state, &problem), ==, 0);
	g_assert_cmpint(bundle_state_begin(&state, 4, &problem), ==, EXIT_DENIED);
	g_assert_cmpstr(problem.word, ==, "begun");
	g_clear_pointer(&problem.text, g_free);
	g_assert_cmpint(bundle_state_prepare(&state, &bundle, &conf, &key, &problem), ==, 0);
	bundle_state_close(&state);
	g_assert_cmpint(number_in(dir), ==, 3);
	g_assert_cmpint(bundle_state_open(&own, dir, &state, &problem), ==, 0);
	g_assert_cmpint(bundle_state_commit(&state, &problem), ==, 0);
	bundle_state_close(&state);
	g_assert_cmpint(bundle_state_open(&own, dir, &state, &problem), ==, 0);
	g_assert_cmpint(state.number, ==, 9);
	g_assert_cmpstr(state.digest, ==, DIGEST);
	bundle_state_close(&state);
}

static uid_t owner_of(const char *path)
{
	struct stat status;

	g_assert_cmpint(stat(path, &status), ==, 0);
	return status.st_uid;
}

/* The lock that root makes is the directory's user's; a file that was there, or has another name as well, stays whose it was. */
static void test_state_owner(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *lock = g_build_filename(dir, "lock", NULL), *other = g_build_filename(dir, "other", NULL);
	BundleState state;
	Problem problem = { 0 };

	if (geteuid() != 0) {
		g_test_skip("files of other users: as root");
		return;
	}
	g_assert_cmpint(number_in(dir), ==, -1);
	g_assert_cmpuint(owner_of(lock), ==, 0);
	g_assert_cmpint(chown(dir, 1, 1) | link(lock, other), ==, 0);
	g_assert_cmpint(number_in(dir), ==, -1);
	g_assert_cmpuint(owner_of(other), ==, 0);
	g_assert_cmpint(unlink(other), ==, 0);
	g_assert_cmpint(number_in(dir), ==, -1);
	g_assert_cmpuint(owner_of(lock), ==, 1);
	scratch_put(dir, "lock", "not empty");
	g_assert_cmpint(number_in(dir), ==, -1);
	g_assert_cmpuint(owner_of(lock), ==, 0);
	scratch_put(dir, "other", "");
	g_assert_cmpint(unlink(lock) | symlink("other", lock), ==, 0);
	g_assert_cmpint(bundle_state_open(&own, dir, &state, &problem), ==, EXIT_UNDONE);
	g_assert_nonnull(strstr(problem.text, "cannot write into"));
	g_assert_cmpuint(owner_of(other), ==, 0);
	bundle_state_close(&state);
	g_free(problem.text);
}

/* What is left for "doctor", and in the record; the first problem counts. */
static void test_told(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *below = g_build_filename(dir, "fetch", NULL), *longest = g_strnfill(LIMIT_FETCH_ERROR_BYTES, 'e'), *longer = g_strconcat(longest, "f", NULL);
	const Cli local = { .local = TRUE, .config_dir = dir };
	const Bundle bundle = { .number = 9, .expires_us = 77, .digest = (char *)(uintptr_t)DIGEST };
	const BundleConf conf = { .source = (char *)(uintptr_t)"/r", .policy = (char *)(uintptr_t)"shop" };
	const BundleKey key = { .name = (char *)(uintptr_t)"a" };
	static const char *const members[] = { "\"accepted_us\":", "\"expires_us\":77", "\"policy\":\"shop\"", "\"source\":\"/r\"", "\"key\":\"a\"" };
	BundleState state;
	Problem problem = { 0 };

	g_assert_cmpint(bundle_state_open(&local, NULL, &state, &problem), ==, 0);
	bundle_state_tell(&state, NULL);
	g_autofree char *good = scratch_get(below, "status");
	g_assert_true(strstr(good, "\"checked_us\":1") && strstr(good, "\"failed_us\":0") && strstr(good, "\"error\":\"\""));
	bundle_state_tell(&state, longer);
	g_autofree char *bad = scratch_get(below, "status"), *shown = g_strdup_printf("\"error\":\"%s\"", longest);
	g_assert_true(strstr(bad, "\"checked_us\":1") && strstr(bad, "\"failed_us\":1") && strstr(bad, shown));
	g_assert_cmpint(bundle_state_prepare(&state, &bundle, &conf, &key, &problem), ==, 0);
	g_autofree char *record = scratch_get(below, "accepted.next");
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		g_assert_nonnull(strstr(record, members[i]));
	bundle_state_close(&state);
	g_assert_cmpint(problem_set(&problem, EXIT_DENIED, "first", "one"), ==, EXIT_DENIED);
	g_assert_cmpint(problem_set(&problem, EXIT_UNDONE, "second", "two"), ==, EXIT_DENIED);
	g_assert_cmpstr(problem.text, ==, "one");
	g_free(problem.text);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bundle/manifest", test_manifest);
	g_test_add_func("/bundle/manifest-limits", test_manifest_limits);
	g_test_add_func("/bundle/written", test_written);
	g_test_add_func("/bundle/files", test_files);
	g_test_add_func("/bundle/records", test_records);
	g_test_add_func("/bundle/state", test_state);
	g_test_add_func("/bundle/state-owner", test_state_owner);
	g_test_add_func("/bundle/told", test_told);
	return g_test_run();
}
