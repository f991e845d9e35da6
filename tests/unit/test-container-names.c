/* SPDX-License-Identifier: MIT
 *
 * Names of containers that could come to mean another one between the judgement and Docker's look.
 */
#include "facts-fixture.h"

/* A name that is the beginning of another's id could mean that one when Docker looks; its own id, and a beginning that Docker itself
 * found, could not. */
static void test_ambiguous(void)
{
	static const char ab[] = "which container is meant by ab: the id of another one begins so; say the whole id";
	static const struct { const char *uri, *body, *what; } rows[] = {
		{ "/v1.41/containers/ab/start", NULL, ab },
		{ "/v1.41/containers/ab/exec", "{}", ab },
		{ "/v1.41/containers/abc/start", NULL, "which container is meant by abc: the id of another one begins so; say the whole id" },
		{ CREATE, BODY("\"VolumesFrom\":[\"ab:ro\"]"), ab },
		{ CREATE, BODY("\"NetworkMode\":\"container:ab\""), ab },
		{ "/v1.41/containers/abx/start", NULL, NULL },
		{ "/v1.41/containers/" AB_ID "/start", NULL, NULL },
		{ "/v1.41/containers/db/start", NULL, NULL },
		{ "/v1.41/containers/db1/start", NULL, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(rows[i].uri, rows[i].body, false, &rounds, arena);
		g_test_message("%s %s", rows[i].uri, rows[i].body);
		g_assert_cmpuint(request->unresolved.count, ==, rows[i].what ? 1 : 0);
		if (rows[i].what)
			g_assert_cmpstr(request->unresolved.items[0], ==, rows[i].what);
	}
}

/* Without the list, or with one that cannot be read, nobody knows. */
static void test_ambiguous_unknown(void)
{
	static const Fact lists[] = { { .kind = FACT_IDS, .name = "containers", .state = FACT_FAILED }, { .kind = FACT_IDS, .name = "containers", .state = FACT_KNOWN, .json = "[7]", .length = 3 } };

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = "POST", .uri = "/v1.41/containers/db/start", .content_type = "", .content_length = "0" };
		Fact known = { .kind = FACT_CONTAINER, .name = arena_strdup(arena, "db") };
		answer(&known, false, arena);
		Fact items[] = { known, lists[i] };
		FactList facts = { items, G_N_ELEMENTS(items) };
		const Request *request = facts_apply(api_read(&call, arena), WANT_STORED, &facts, arena);
		g_assert_cmpuint(request->unresolved.count, ==, 1);
		g_assert_cmpstr(request->unresolved.items[0], ==, "list of containers");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/facts/ambiguous", test_ambiguous);
	g_test_add_func("/facts/ambiguous-unknown", test_ambiguous_unknown);
	return g_test_run();
}
