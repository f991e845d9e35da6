/* SPDX-License-Identifier: MIT
 *
 * Verdicts in a table, and on disk.
 */
#include <string.h>
#include "base/limits.h"
#include "core/verdict-file.h"
#include "request/list.h"
#include "scratch.h"
#include "verdict-fixture.h"

static void test_table(void)
{
	VerdictTable *table = verdict_table_new();

	put(&table, verdict(ID, "grype", false, false, 0, 0, 0, 0));
	put(&table, verdict(ID, "trivy", false, true, 5, 1, 0, 0));
	put(&table, verdict(OTHER, "trivy", false, true, 1, 2, 0, 0));
	put(&table, verdict(ID, "trivy", true, true, 1, 3, 0, 0));
	VerdictTable *kept = verdict_table_ref(table);
	g_assert_cmpuint(verdict_table_find(table, ID, "trivy", false)->critical, ==, 1);
	g_assert_cmpuint(verdict_table_find(table, ID, "trivy", true)->critical, ==, 3);
	g_assert_cmpstr(verdict_table_find(table, ID, NULL, false)->scanner, ==, "trivy");
	g_assert_null(verdict_table_find(table, ID, "scout", false));
	g_assert_null(verdict_table_find(table, "", NULL, false));
	put(&table, verdict(ID, "trivy", false, true, 0, 9, 0, 0));
	g_assert_cmpuint(verdict_table_find(table, ID, "trivy", false)->critical, ==, 9);
	g_assert_cmpuint(verdict_table_find(kept, ID, "trivy", false)->critical, ==, 1);
	verdict_table_unref(kept);
	for (unsigned i = 0; i < LIMIT_VERDICTS; i++) {
		Verdict *v = verdict(ID, "", false, true, 2 + i, 0, 0, 0);
		v->scanner = arena_printf(v->arena, "s%u", i);
		put(&table, v);
	}
	g_assert_nonnull(verdict_table_find(table, ID, "trivy", false));
	g_assert_null(verdict_table_find(table, ID, "s1996", false));
	g_assert_nonnull(verdict_table_find(table, ID, "s1995", false)); /* four others besides */
	verdict_table_unref(table);
}

static void test_files(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Verdict) written = verdict(ID, "trufflehog", true, true, 0, 1, 2, 3);
	const VerdictSecret secret = { "AWS \"x\"", "/a", true, false, false, true, 4711 };
	g_autoptr(GError) error = NULL;

	const VerdictVulnerability known = { "CVE-1", "open\"ssl", "3.0", "pkg:deb/debian/openssl@3.0", true, false, false, true };

	written->verified = 1;
	written->end_of_life = "debian 9";
	LIST_APPEND(written->arena, &written->known, known);
	LIST_APPEND(written->arena, &written->listed, secret);
	g_assert_true(verdict_write(dir, written, &error));
	VerdictTable *table = verdicts_load(dir);
	const Verdict *read = verdict_table_find(table, ID, "trufflehog", true);
	g_assert_nonnull(read);
	g_assert_cmpuint(read->critical + 10 * read->high + 100 * read->medium + 1000 * read->verified, ==, 1321);
	g_assert_true(read->whole);
	g_assert_cmpint(read->time_us, ==, FIXTURE_NOW);
	g_assert_cmpstr(read->listed.items[0].detector, ==, "AWS \"x\"");
	g_assert_cmpstr(read->end_of_life, ==, "debian 9");
	g_assert_cmpuint(read->known.count, ==, 1);
	g_assert_cmpstr(read->known.items[0].package, ==, "open\"ssl");
	g_assert_cmpstr(read->known.items[0].purl, ==, known.purl);
	g_assert_true(read->known.items[0].critical && !read->known.items[0].high && read->known.items[0].fixed);
	g_assert_true(read->listed.items[0].critical && read->listed.items[0].verified);
	g_assert_cmpint(read->listed.items[0].line, ==, 4711);
	verdict_table_unref(table);

	g_autoptr(Verdict) strange = verdict("sha256:../x", "trivy", false, true, 0, 0, 0, 0);
	g_assert_false(verdict_write(dir, strange, NULL));
}

/* A file with any byte missing or changed into nonsense, and one under another's name, is not there. */
static void test_damaged(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Verdict) written = verdict(ID, "trivy", false, true, 0, 5, 0, 0);

	g_assert_true(verdict_write(dir, written, NULL));
	g_autofree char *name = g_strdup_printf("%s-trivy-vulnerabilities.json", &ID[strlen("sha256:")]);
	g_autofree char *text = scratch_get(dir, name);
	/* What a container leaves there that can write into the cache: the same with other numbers, or as an older version kept it. */
	g_auto(GStrv) numbers = g_strsplit(text, "\"critical\":5", 2), lines = g_strsplit(text, "#seal", 2);
	g_assert_cmpuint(g_strv_length(numbers) + g_strv_length(lines), ==, 4);
	g_autofree char *forged = g_strjoinv("\"critical\":0", numbers);
	const char *const texts[] = { forged, lines[0] };
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		scratch_put(dir, name, texts[i]);
		VerdictTable *table = verdicts_load(dir);
		g_assert_null(verdict_table_find(table, ID, "trivy", false));
		verdict_table_unref(table);
	}
	for (size_t length = 0; length + 2 < strlen(text); length += 7) {
		g_autofree char *cut = g_strndup(text, length);
		scratch_put(dir, name, cut);
		VerdictTable *table = verdicts_load(dir);
		g_assert_null(verdict_table_find(table, ID, "trivy", false));
		verdict_table_unref(table);
	}
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_assert_cmpint(remove(path), ==, 0);
	g_autofree char *other = g_strdup_printf("%s-trivy-vulnerabilities.json", &OTHER[strlen("sha256:")]);
	scratch_put(dir, other, text);
	VerdictTable *table = verdicts_load(dir);
	g_assert_null(verdict_table_find(table, ID, "trivy", false));
	verdict_table_unref(table);
}

/* What is not whole comes back as that: with its reason, what was found and what was not looked at. */
static void test_not_whole(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Verdict) written = verdict(ID, "builtin", true, false, 0, 2, 0, 0), unsigned_one = verdict(ID, VERDICT_SIGNATURES, false, false, 0, 0, 0, 0);
	static const char *const gaps[] = { "/models/a \"b\".bin", "/c" };
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(gaps); i++)
		LIST_APPEND(written->arena, &written->gaps, gaps[i]);
	g_assert_true(verdict_write(dir, written, &error));
	VerdictTable *table = verdicts_load(dir);
	const Verdict *read = verdict_table_find(table, ID, "builtin", true);
	g_assert_nonnull(read);
	g_assert_false(read->whole);
	g_assert_cmpstr(read->detail, ==, written->detail);
	g_assert_cmpuint(read->critical, ==, 2);
	g_assert_cmpuint(read->gaps.count, ==, G_N_ELEMENTS(gaps));
	g_assert_cmpstr(read->gaps.items[0], ==, gaps[0]);
	verdict_table_unref(table);

	/* An older program, which keeps only whole ones, takes it for damaged. */
	g_autofree char *name = g_strdup_printf("%s-builtin-secrets.json", &ID[strlen("sha256:")]), *text = scratch_get(dir, name);
	g_assert_true(g_str_has_prefix(text, "{\"v\":2,"));
	unsigned_one->signatures = true;
	g_assert_false(verdict_write(dir, unsigned_one, NULL));
}

/* What takes the place of what is there already. */
static void test_keep(void)
{
	static const struct { const char *what; bool was_whole, whole, failed; unsigned was_critical, critical; int64_t later_us; bool is_new; } rows[] = {
		{ "a whole one", true, true, false, 5, 0, HOUR_US, true },
		{ "not whole, but it found something", true, false, false, 0, 1, HOUR_US, true },
		{ "not whole, and found nothing", true, false, false, 5, 0, HOUR_US, false },
		{ "... when the other is too old", true, false, false, 0, 0, 3 * HOUR_US, true },
		{ "after another one that is not whole", false, false, false, 0, 0, HOUR_US, true },
		{ "it failed, and says nothing of the image", false, false, true, 3, 0, HOUR_US, false },
		{ "a whole one after one that is not", false, true, false, 3, 0, HOUR_US, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(Verdict) old = verdict(ID, "builtin", true, rows[i].was_whole, 0, rows[i].was_critical, 0, 0);
		g_autoptr(Verdict) now = verdict(ID, "builtin", true, rows[i].whole, 0, rows[i].critical, 0, 0);
		g_test_message("%s", rows[i].what);
		now->time_us += rows[i].later_us;
		now->failed = rows[i].failed;
		g_assert_true(verdict_write(dir, old, NULL));
		g_assert_true(verdict_keep(dir, now, 2 * HOUR_US, NULL));
		VerdictTable *table = verdicts_load(dir);
		g_assert_cmpint(verdict_table_find(table, ID, "builtin", true)->time_us, ==, rows[i].is_new ? now->time_us : old->time_us);
		verdict_table_unref(table);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/verdict/table", test_table);
	g_test_add_func("/verdict/files", test_files);
	g_test_add_func("/verdict/not-whole", test_not_whole);
	g_test_add_func("/verdict/keep", test_keep);
	g_test_add_func("/verdict/damaged", test_damaged);
	return g_test_run();
}
