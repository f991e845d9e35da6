/* SPDX-License-Identifier: MIT
 *
 * Templates that were put somewhere by this version or an earlier one, and what became of them.
 */
#include <string.h>
#include <unistd.h>
#include "core/diagnose.h"
#include "core/paths.h"
#include "policy/template-store.h"
#include "policy/templates.h"
#include "scratch.h"

#define EARLIER "name: x\n"
#define EDITED "name: y\n"

static void put(const char *dir, const char *name, const char *text)
{
	g_autofree char *file = g_build_filename(dir, name, NULL);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static const struct {
	const char *record; /* what was put there: NULL, none is known */
	const char *text;   /* what is there; NULL: what this version ships */
	TemplateState state;
	CheckStatus status;
	const char *says, *advice;
} rows[] = {
	{ "current", NULL, TEMPLATE_CURRENT, CHECK_OK, "this version's", "" },
	{ EARLIER, NULL, TEMPLATE_CURRENT, CHECK_OK, "this version's", "" },
	{ NULL, NULL, TEMPLATE_CURRENT, CHECK_OK, "this version's", "" },
	{ "current", EDITED, TEMPLATE_EDITED, CHECK_OK, "this version's", "" },
	{ EARLIER, EARLIER, TEMPLATE_OLDER, CHECK_WARNING, "of an earlier version, and unchanged since: default", "sudo cp default.yaml " },
	{ EARLIER, EDITED, TEMPLATE_EDITED_OLDER, CHECK_WARNING, "changed here, and made of an earlier version's: default", "diff -u " },
	{ NULL, EDITED, TEMPLATE_UNKNOWN, CHECK_WARNING, "whether somebody changed them is not known: default", "diff -u " },
};

static void test_states(void)
{
	g_assert_cmpstr(templates[0].name, ==, "default");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(Paths) paths = paths_new(dir);
		g_autoptr(Arena) arena = arena_new();
		CheckList checks = { 0 };
		bool current = !g_strcmp0(rows[i].record, "current");
		g_test_message("%zu", i);
		g_assert_true(paths_prepare(paths, NULL));
		g_assert_true(template_store_install(paths->policies_dir, paths->templates_file, NULL));
		if (!current) {
			g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, rows[i].record ? rows[i].record : "", -1);
			g_autofree char *line = rows[i].record ? g_strdup_printf("%s  strict\n%s  default\n", digest, digest) : g_strdup("");
			g_assert_true(g_file_set_contents(paths->templates_file, line, -1, NULL));
		}
		if (rows[i].text)
			put(paths->policies_dir, "default.yaml", rows[i].text);
		g_assert_cmpint(template_store_compare(paths->policies_dir, paths->templates_file, 0), ==, rows[i].state);
		diagnose_files(paths, &checks, arena);
		const Check *check = &checks.items[checks.count - 1];
		g_assert_cmpstr(check->name, ==, "templates");
		g_assert_cmpint(check->status, ==, rows[i].status);
		g_assert_nonnull(strstr(check->message, rows[i].says));
		g_assert_nonnull(strstr(check->advice, rows[i].advice));
		g_assert_cmpint(*check->advice != 0, ==, rows[i].status != CHECK_OK);
		/* The next start keeps what is there, and what is known of it. */
		g_assert_true(template_store_install(paths->policies_dir, paths->templates_file, NULL));
		g_assert_cmpint(template_store_compare(paths->policies_dir, paths->templates_file, 0), ==, rows[i].state);
	}
}

/* What this version ships and nobody wrote down is written down at the start: the next version knows that it was not changed. */
static void test_remembered(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *record = g_build_filename(dir, "record", NULL), *text = NULL;

	g_assert_true(template_store_install(dir, NULL, NULL));
	put(dir, "strict.yaml", EDITED);
	g_assert_true(template_store_install(dir, record, NULL));
	g_assert_true(g_file_get_contents(record, &text, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
	g_assert_cmpuint(g_strv_length(lines), ==, template_count); /* without strict, with the empty one behind the last */
	g_assert_nonnull(strstr(text, "  default\n"));
	g_assert_null(strstr(text, "  strict\n"));
}

/* A template that somebody deleted stays deleted over starts; when there is none left at all they come back. */
static void test_deleted(void)
{
	g_autoptr(Scratch) dir = scratch_new(), other = scratch_new();
	g_autofree char *record = g_build_filename(other, "record", NULL), *strict = g_build_filename(dir, "strict.yaml", NULL);

	g_assert_true(template_store_install(dir, record, NULL));
	g_assert_cmpint(unlink(strict), ==, 0);
	for (int start = 0; start < 3; start++) {
		g_assert_true(template_store_install(dir, record, NULL));
		g_assert_false(g_file_test(strict, G_FILE_TEST_EXISTS));
	}
	/* What no record has is missing, not deleted. */
	g_assert_true(template_store_install(dir, NULL, NULL));
	g_assert_true(g_file_test(strict, G_FILE_TEST_EXISTS));
	for (size_t i = 0; i < template_count; i++) {
		g_autofree char *file = g_strconcat(dir, "/", templates[i].name, ".yaml", NULL);
		g_assert_cmpint(unlink(file), ==, 0);
	}
	g_assert_true(template_store_install(dir, record, NULL));
	g_assert_true(g_file_test(strict, G_FILE_TEST_EXISTS));
}

/* A record of another form is none; what cannot be written is not needed. */
static void test_broken(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *record = g_build_filename(dir, "record", NULL), *far = g_build_filename(dir, "nowhere", "record", NULL), *long_line = g_strnfill(5000, 'x');
	const char *const texts[] = { "", "default\n", "  default\n", "0123  default\n", long_line };

	g_assert_true(template_store_install(dir, far, NULL));
	put(dir, "default.yaml", EDITED);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		put(dir, "record", texts[i]);
		g_assert_cmpint(template_store_compare(dir, record, 0), ==, TEMPLATE_UNKNOWN);
	}
	g_assert_cmpint(template_store_compare(dir, NULL, 0), ==, TEMPLATE_UNKNOWN);
	g_assert_cmpint(unlink(record), ==, 0);
	g_assert_cmpint(template_store_compare(dir, record, 0), ==, TEMPLATE_UNKNOWN);
	g_autofree char *file = g_build_filename(dir, "default.yaml", NULL);
	g_assert_cmpint(unlink(file), ==, 0);
	g_assert_cmpint(template_store_compare(dir, record, 0), ==, TEMPLATE_CURRENT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/template-store/states", test_states);
	g_test_add_func("/template-store/remembered", test_remembered);
	g_test_add_func("/template-store/deleted", test_deleted);
	g_test_add_func("/template-store/broken", test_broken);
	return g_test_run();
}
