/* SPDX-License-Identifier: MIT
 *
 * secret-rules.yaml: what loads, what is refused and where, and that nothing about the file makes a scan find less.
 */
#include <unistd.h>
#include "base/limits.h"
#include "scan/own-rules.h"
#include "secret-image.h"

#define RULE(more) "secret_rules:\n  - id: shop-token\n    title: Token of the shop\n    keywords: [shop_]\n    regex: 'shop_([a-z0-9]{12})'\n" more
#define EXAMPLES "    examples:\n      finds: ['t=shop_q7w8e9r0t1y2']\n      ignores: ['shop_floor']\n"

static const struct { const char *text; const char *problem; /* in the first error; NULL: it loads */ } files[] = {
	{ "", NULL },
	{ "secret_rules: []\n", NULL },
	{ RULE(EXAMPLES), NULL },
	{ RULE("    severity: critical\n    kind: setting\n" EXAMPLES), NULL },
	{ RULE(""), "f:2:5: secret_rules[0]: title, keywords, regex, and examples" },
	{ RULE("    examples: {finds: ['shop_q7w8e9r0t1y2'], ignores: []}\n"), "title, keywords, regex, and examples" },
	{ RULE("    examples: {finds: [nothing], ignores: [x]}\n"), "shop-token: example 1 of \"finds\" is not found" },
	{ RULE("    examples: {finds: ['shop_q7w8e9r0t1y2'], ignores: [x, 'shop_q7w8e9r0t1y2']}\n"), "shop-token: example 2 of \"ignores\" is found" },
	{ RULE("    colour: red\n" EXAMPLES), "colour" },
	{ RULE("    severity: bad\n" EXAMPLES), "low, medium, high or critical" },
	{ RULE("    kind: file\n" EXAMPLES), "kind: token or setting" },
	{ "secret_rules:\n  - {id: Shop, title: t, keywords: [shop_], regex: '(a)', examples: {finds: [a], ignores: [b]}}\n", "id: 3 to 64 of a to z" },
	{ "secret_rules:\n  - {id: slack-token, title: t, keywords: [shop_], regex: '(a)', examples: {finds: [a], ignores: [b]}}\n", "has a rule slack-token already" },
	{ "secret_rules:\n  - {id: shop, title: t, keywords: [ab], regex: '(ab)', examples: {finds: [ab], ignores: [b]}}\n", "keyword \"ab\": it needs 3 to 64" },
	{ "secret_rules:\n  - {id: shop, title: t, keywords: [shop], regex: 'shop', examples: {finds: [shop], ignores: [b]}}\n", "needs one pair of capturing brackets, around the secret, and has 0" },
	{ "secret_rules:\n  - {id: shop, title: t, keywords: [shop], regex: '(s)(h)', examples: {finds: [shop], ignores: [b]}}\n", "and has 2" },
	{ "secret_rules:\n  - {id: shop, title: t, keywords: [shop], regex: '(shop', examples: {finds: [shop], ignores: [b]}}\n", "the expression is wrong at character 5" },
	{ "secret_rules:\n  - {id: shop, title: t, keywords: [shop], regex: 'shop(?:a+)+(b)', examples: {finds: ['shopaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac b'], ignores: [b]}}\n", "takes too many steps" },
	{ "secret_rules: 3\n", "a list" },
	{ "secret_rules:\n  - shop\n  - shop\n", "f:2:5" }, /* elements that are no rules have no place */
	{ "rules: []\n", "rules" },
	{ "secret_rules: [\n", "f:" },
};

static void test_files(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		const RuleTable *tables = own_rules_parse("f", files[i].text, strlen(files[i].text), arena, diagnostics);
		g_autofree char *first = diagnostics_first_error(diagnostics);
		g_test_message("%s: %s", files[i].text, first ? first : "");
		g_assert_cmpint(tables != NULL, ==, files[i].problem == NULL);
		g_assert_true(!files[i].problem || (first && strstr(first, files[i].problem)));
	}
	g_assert_true(own_rules_meant("# a\nsecret_rules:\n"));
	g_assert_false(own_rules_meant("audit: {}\n"));
}

static void test_twice_and_many(void)
{
	for (unsigned many = 0; many < 2; many++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(GString) text = g_string_new("secret_rules:\n");
		for (unsigned i = 0; i < (many ? LIMIT_SECRET_OWN_RULES + 1 : 2); i++)
			g_string_append_printf(text, "  - {id: shop-%u, title: t, keywords: [shop], regex: 'shop(x9)', examples: {finds: [shopx9], ignores: [b]}}\n", many ? i : 7);
		g_assert_null(own_rules_parse("f", text->str, text->len, arena, diagnostics));
		g_autofree char *first = diagnostics_first_error(diagnostics);
		g_assert_nonnull(strstr(first, many ? "more than 200 rules" : "two rules shop-7"));
	}
}

/* A rule finds in an image, by its severity; a guess is lowered where guesses are. */
static void test_scan(void)
{
	static const struct { const char *kind, *path; ScanSeverity severity; } rows[] = {
		{ "token", "app/a.conf", SCAN_CRITICAL }, { "token", "usr/share/x/a.conf", SCAN_CRITICAL },
		{ "setting", "app/a.conf", SCAN_CRITICAL }, { "setting", "usr/share/x/a.conf", SCAN_NEGLIGIBLE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autofree char *text = g_strdup_printf(RULE("    severity: critical\n    kind: %s\n" EXAMPLES), rows[i].kind);
		const DetectorOptions options = { .more = own_rules_parse("f", text, strlen(text), arena, diagnostics) };
		g_autoptr(GByteArray) image = image_of(layer_of(rows[i].path, "x=shop_a1b2c3d4e5f6\n"));
		g_assert_nonnull(options.more);
		const ScanReport report = scan_with(image, image->len, &options, arena);
		g_assert_cmpuint(report.count, ==, 1);
		g_assert_cmpstr(report.items[0].id, ==, "shop-token");
		g_assert_cmpint(report.items[0].severity, ==, rows[i].severity);
	}
}

/* No file: no rules.  A wrong one, and one that has gone, are errors. */
static void test_text(void)
{
	g_autofree char *dir = g_dir_make_tmp("own-rules-XXXXXX", NULL), *file = g_build_filename(dir, OWN_RULES_FILE, NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *none = own_rules_text(file, &error), *long_text = g_strnfill(LIMIT_CONFIG_BYTES + 1, '#');

	g_assert_cmpstr(none, ==, "");
	g_assert_true(g_file_set_contents(file, RULE(EXAMPLES), -1, NULL));
	g_autofree char *good = own_rules_text(file, &error);
	g_assert_cmpstr(good, ==, RULE(EXAMPLES));
	const char *const wrong[] = { RULE(""), long_text, NULL };
	static const char *const problems[] = { "are wrong: ", "longer than 65536 bytes", "cannot be read" };
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_true(wrong[i] ? g_file_set_contents(file, wrong[i], -1, NULL) : unlink(file) == 0);
		g_assert_null(own_rules_text(file, &error));
		g_assert_nonnull(strstr(error->message, problems[i]));
		g_clear_error(&error);
	}
	(void)rmdir(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/own-rules/files", test_files);
	g_test_add_func("/own-rules/twice-and-many", test_twice_and_many);
	g_test_add_func("/own-rules/scan", test_scan);
	g_test_add_func("/own-rules/text", test_text);
	return g_test_run();
}
