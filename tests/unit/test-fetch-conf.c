/* SPDX-License-Identifier: MIT
 *
 * fetch.conf: where policies come from, and by whose keys; nobody else may have written it.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "cli/policy-bundle.h"
#include "tests/unit/scratch.h"

static const Cli own = { .local = TRUE }; /* what is the caller's own is believed as root's would be */

#define CONF(source, more, keys) "[policies]\nsource=" source "\npolicy=shop\n" more keys
#define KEY "[key a]\nfile=%s/a.pub\n"

/* fetch.conf; "%s" in it is the directory.  0, or the exit code. */
static int configure(const char *dir, const char *form, BundleConf *ret)
{
	g_auto(GStrv) parts = g_strsplit(form, "%s", -1);
	g_autofree char *text = g_strjoinv(dir, parts), *file = g_build_filename(dir, "fetch.conf", NULL);
	Problem problem = { 0 };

	scratch_put(dir, "fetch.conf", text);
	int code = bundle_conf_read(&own, file, ret, &problem);
	g_test_message("%.200s: %s", form, problem.text ? problem.text : "good");
	g_free(problem.text);
	return code;
}

static void test_conf(void)
{
	static const struct { const char *text; bool good; } rows[] = {
		{ CONF("/r", "", KEY), true }, { CONF("https://h/r", "ca=/c\nreplay_since=2d\n", KEY "may_relax=false\n"), true }, { CONF("/r", "max_newly_denied=0\n", KEY), true },
		{ CONF("/r", "max_newly_denied=any\n", KEY), true }, { CONF("/r", "max_newly_denied=-1\n", KEY), false }, { CONF("/r", "max_newly_denied=-2\n", KEY), false },
		{ CONF("/r", "max_newly_denied=\n", KEY), false }, { CONF("/r", "max_newly_denied=5x\n", KEY), false }, { CONF("/r", "replay_since=never\n", KEY), false },
		{ CONF("http://h/r", "", KEY), false }, { CONF("r", "", KEY), false }, { CONF("", "", KEY), false }, { CONF("/r", "", ""), false }, { CONF("/r", "", "[other]\nx=1\n" KEY), false },
		{ CONF("/r", "", "[key a]\n"), false }, { CONF("/r", "", "[key a]\nfile=%s/none.pub\n"), false }, { CONF("/r", "", KEY "may_relax=yes\n"), false },
		{ CONF("/r", "", KEY "more=1\n"), false }, { CONF("/r", "more=1\n", KEY), false }, { "[policies]\nsource=/r\n" KEY, false }, { "[policies]\npolicy=shop\n" KEY, false },
		{ KEY, false }, { "", false }, { "source", false },
	};
	g_autoptr(Scratch) dir = scratch_new();
	BundleConf conf;

	scratch_put(dir, "a.pub", "a key");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpint(configure(dir, rows[i].text, &conf) == 0, ==, rows[i].good);
		bundle_conf_clear(&conf);
	}
}

/* What is read of it. */
static void test_conf_values(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	BundleConf conf;

	scratch_put(dir, "a.pub", "a key");
	scratch_put(dir, "b.pub", "another");
	g_assert_cmpint(configure(dir, CONF("/r//", "max_newly_denied=5\nca=/c\n", KEY "[key b]\nfile=%s/b.pub\nmay_relax=true\n"), &conf), ==, 0);
	g_assert_cmpstr(conf.source, ==, "/r");
	g_assert_cmpstr(conf.policy, ==, "shop");
	g_assert_cmpstr(conf.ca, ==, "/c");
	g_assert_cmpint(conf.most_denied, ==, 5);
	g_assert_cmpuint(conf.keys->len, ==, 2);
	const BundleKey *first = g_ptr_array_index(conf.keys, 0), *second = g_ptr_array_index(conf.keys, 1);
	g_assert_cmpstr(first->name, ==, "a");
	g_assert_false(first->may_relax);
	g_assert_true(second->may_relax);
	g_assert_cmpint(memcmp(g_bytes_get_data(second->text, NULL), "another", 7), ==, 0);
	bundle_conf_clear(&conf);
	g_assert_cmpint(configure(dir, CONF("/", "", KEY "may_relax=false\n"), &conf), ==, 0);
	g_assert_cmpstr(conf.source, ==, "/");
	g_assert_cmpint(conf.most_denied, ==, 0);
	g_assert_false(((const BundleKey *)g_ptr_array_index(conf.keys, 0))->may_relax);
	bundle_conf_clear(&conf);
	g_assert_cmpint(configure(dir, CONF("/r", "max_newly_denied=any\n", KEY), &conf), ==, 0);
	g_assert_cmpint(conf.most_denied, ==, -1);
	bundle_conf_clear(&conf);
}

static void test_conf_limits(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	BundleConf conf;

	scratch_put(dir, "a.pub", "a key");
	for (unsigned over = 0; over < 2; over++) {
		g_autoptr(GString) text = g_string_new(CONF("/r", "", ""));
		for (unsigned i = 0; i < LIMIT_FETCH_KEYS + over; i++)
			g_string_append_printf(text, "[key k%u]\nfile=%s/a.pub\n", i, dir);
		g_assert_cmpint(configure(dir, text->str, &conf) == 0, ==, !over);
		bundle_conf_clear(&conf);
		g_string_truncate(text, 0);
		g_string_append_printf(text, CONF("/r", "", "[key k]\nfile=%s/a.pub\n#"), dir);
		while (text->len < LIMIT_FETCH_CONF_BYTES + over)
			g_string_append_c(text, '#');
		g_assert_cmpint(configure(dir, text->str, &conf) == 0, ==, !over);
		bundle_conf_clear(&conf);
	}
}

/* Nobody else can have written it, nor what leads to it. */
static void test_conf_owners(void)
{
	static const struct { mode_t dir, file, key; bool good; } rows[] = {
		{ 0755, 0644, 0644, true }, { 0755, 0664, 0644, false }, { 0755, 0646, 0644, false }, { 0775, 0644, 0644, false }, { 0757, 0644, 0644, false },
		{ 01777, 0644, 0644, true }, { 0755, 0644, 0664, false }, { 0755, 0644, 0646, false }, { 0755, 01646, 0644, false },
	};
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "fetch.conf", NULL), *key = g_build_filename(dir, "a.pub", NULL);
	g_autofree char *text = g_strdup_printf(CONF("/r", "", KEY), dir);

	scratch_put(dir, "a.pub", "a key");
	scratch_put(dir, "fetch.conf", text);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Problem problem = { 0 };
		BundleConf conf;
		g_assert_cmpint(chmod(dir, rows[i].dir) | chmod(file, rows[i].file) | chmod(key, rows[i].key), ==, 0);
		g_test_message("%o %o %o", rows[i].dir, rows[i].file, rows[i].key);
		g_assert_cmpint(bundle_conf_read(&own, file, &conf, &problem) == 0, ==, rows[i].good);
		bundle_conf_clear(&conf);
		g_free(problem.text);
	}
}

/* Whose a file must be: root's, and where the service is the caller's own, the caller's. */
static void test_conf_users(void)
{
	static const struct { bool own; uid_t uid; bool good; } rows[] = { { false, 0, true }, { true, 0, true }, { true, 1, false }, { false, 1, false } };
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "fetch.conf", NULL), *text = g_strdup_printf(CONF("/r", "", KEY), dir);
	const Cli others = { 0 };

	if (geteuid() != 0) {
		g_test_skip("files of other users: as root");
		return;
	}
	scratch_put(dir, "a.pub", "a key");
	scratch_put(dir, "fetch.conf", text);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Problem problem = { 0 };
		BundleConf conf;
		g_test_message("%s %u", rows[i].own ? "own" : "others", (unsigned)rows[i].uid);
		g_assert_cmpint(chown(file, rows[i].uid, 0), ==, 0);
		g_assert_cmpint(bundle_conf_read(rows[i].own ? &own : &others, file, &conf, &problem) == 0, ==, rows[i].good);
		bundle_conf_clear(&conf);
		g_free(problem.text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fetch-conf/lines", test_conf);
	g_test_add_func("/fetch-conf/values", test_conf_values);
	g_test_add_func("/fetch-conf/limits", test_conf_limits);
	g_test_add_func("/fetch-conf/owners", test_conf_owners);
	g_test_add_func("/fetch-conf/users", test_conf_users);
	return g_test_run();
}
