/* SPDX-License-Identifier: MIT
 *
 * Every rule finds its examples and leaves the others alone; with many draws, because a token is random.
 */
#include "secret-fixture.h"

#define DRAWS 20u
#define SMALL_FILE "/app/settings.conf"

/* A file that the rule is for. */
static char *path_for(const SecretRule *rule)
{
	if (!rule->where)
		return g_strdup(SMALL_FILE);
	size_t length = strcspn(rule->where, "|");
	bool any = *rule->where == '*';
	return g_strdup_printf("/app/%s%.*s", any ? "x" : "", (int)(length - any), rule->where + any);
}

static void check_examples(const SecretRule *rule, const char *const *examples, bool found)
{
	g_autofree char *path = path_for(rule);

	for (size_t i = 0; i < RULE_EXAMPLES && examples[i]; i++)
		for (guint32 seed = 1; seed <= DRAWS; seed++) {
			g_autofree char *text = draw(examples[i], seed);
			Seen seen = look_for(rule->id, path, text);
			if ((seen.count > 0) == found)
				continue;
			g_test_message("%s: %s was %sfound (drawn with %u)", rule->id, examples[i], found ? "not " : "", seed);
			g_test_fail();
		}
}

static void test_examples(void)
{
	for (size_t t = 0; t < RULE_TABLES; t++)
		for (size_t i = 0; i < rule_tables[t]->count; i++) {
			const SecretRule *rule = &rule_tables[t]->items[i];
			if (!rule->keywords && rule->find) /* bytes: test-secret-text */
				continue;
			g_assert_nonnull(rule->yes[0]);
			g_assert_true(rule->no[0] || !rule->regex);
			check_examples(rule, rule->yes, true);
			check_examples(rule, rule->no, false);
		}
}

/* The line that names a secret and has none is no secret of the next line's. */
static void test_empty(void)
{
	for (size_t t = 0; t < RULE_TABLES; t++)
		for (size_t i = 0; i < rule_tables[t]->count; i++) {
			const SecretRule *rule = &rule_tables[t]->items[i];
			if (rule_tables[t]->kind != RULE_FILE || !rule->regex)
				continue;
			g_autofree char *path = path_for(rule), *text = draw(rule->yes[0], 1);
			const Seen seen = look_for(rule->id, path, text);
			const char *secret = strstr(text, seen.secret);
			g_autofree char *before = g_strndup(text, (size_t)(secret - text)),
					*next = g_strconcat(before, "\nzq7Kf9mW2xR4tB8vN1cY=zq7Kf9mW2xR4tB8vN1cY3\n", NULL);
			const Seen other = look_for(rule->id, path, next);
			if (*before && other.count && other.line > seen.line) {
				g_test_message("%s: %s", rule->id, next);
				g_test_fail();
			}
		}
}

/* Ids are what policies name. */
static void test_ids(void)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t t = 0; t < RULE_TABLES; t++)
		for (size_t i = 0; i < rule_tables[t]->count; i++) {
			const SecretRule *rule = &rule_tables[t]->items[i];
			g_assert_true(g_hash_table_add(known, (gpointer)(uintptr_t)rule->id));
			g_assert_cmpuint(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen(rule->id));
			g_assert_true(rule->keywords || rule->where || rule->find);
			g_assert_true(*rule->title && rule->severity > SCAN_UNKNOWN);
			for (const char *at = rule->keywords; at && *at; at++)
				g_assert_false(g_ascii_isupper(*at));
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-rules/examples", test_examples);
	g_test_add_func("/secret-rules/empty", test_empty);
	g_test_add_func("/secret-rules/ids", test_ids);
	return g_test_run();
}
