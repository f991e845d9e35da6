/* SPDX-License-Identifier: MIT
 *
 * A table of API calls (tests/data/requests/judged.jsonl) and what the shipped policies must make of them.
 */
#include <string.h>
#include <json-glib/json-glib.h>
#include "policy/policy.h"
#include "policy/verdict-words.h"
#include "request/api.h"
#include "request/host-view.h"

static const char *text_of(JsonObject *row, const char *name, const char *otherwise)
{
	return json_object_get_string_member_with_default(row, name, otherwise);
}

/* The shipped template, with a registry of the site's own added. */
static Policy *load(const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/%s.yaml", g_getenv("SENTINEL_POLICIES"), name), *text = NULL;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	static const char list[] = "allowed_registries: [docker.io";

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	char *at = strstr(text, list);
	g_assert_nonnull(at);
	g_autofree char *site = g_strdup_printf("%.*s, registry.example.com%s", (int)(at + strlen(list) - text), text, at + strlen(list));
	Policy *policy = policy_parse(path, site, strlen(site), diagnostics);
	g_assert_nonnull(policy);
	return policy;
}

static const Decision *judge(const Policy *policy, JsonObject *row, Arena *arena)
{
	const char *body = text_of(row, "body", NULL), *type = text_of(row, "type", body ? "application/json" : "");
	const ApiCall call = {
		.method = text_of(row, "method", ""), .uri = text_of(row, "uri", ""), .body = body, .body_length = body ? strlen(body) : 0,
		.content_type = type, .content_length = *type ? "30" : "0",
	};
	const char *problem;
	Verdict *clean = verdict_words_read("builtin: clean", &problem);
	Request *request = api_read(&call, arena);

	/* nothing in what is pushed holds it up */
	clean->time_us = 1;
	request->image_id = VERDICT_WORDS_IMAGE;
	VerdictTable *none = verdict_table_new(), *table = verdict_table_with(none, clean);
	const Situation situation = { .now_us = 1, .verdicts = table };
	const Decision *decision = policy_evaluate(policy, host_view_assume(request, arena), &situation, arena);
	verdict_table_unref(table);
	verdict_table_unref(none);
	return decision;
}

static void test_policy(gconstpointer data)
{
	const char *name = data;
	g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "..", "data", "requests", "judged.jsonl", NULL), *text = NULL;
	g_autoptr(Policy) policy = load(name);
	unsigned wrong = 0, seen = 0;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (size_t i = 0; lines[i]; i++) {
		g_autoptr(JsonNode) node = *lines[i] ? json_from_string(lines[i], NULL) : NULL;
		g_autoptr(Arena) arena = arena_new();
		if (!node)
			continue;
		JsonObject *row = json_node_get_object(node);
		const Decision *decision = judge(policy, row, arena);
		seen++;
		if (decision->allowed == (strcmp(text_of(row, name, ""), "allow") == 0))
			continue;
		wrong++;
		g_test_message("line %zu: %s: expected %s; %s", i + 1, text_of(row, "title", ""), text_of(row, name, ""),
			decision->finding_count ? decision->findings[0].rule : "no finding");
	}
	g_assert_cmpuint(seen, >, 500);
	g_assert_cmpuint(wrong, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/judged/production", "production", test_policy);
	g_test_add_data_func("/judged/strict", "strict", test_policy);
	return g_test_run();
}
