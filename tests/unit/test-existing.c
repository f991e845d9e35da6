/* SPDX-License-Identifier: MIT
 *
 * Containers that exist, as a policy would judge their next start: a Docker that answers from a table stands behind it.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/existing.h"
#include "core/diagnose.h"
#include "request/list.h"
#include "request/stored.h"
#include "tests/unit/scratch.h"

/* What this Docker does. */
static struct {
	size_t count;     /* of containers; each is the first */
	const char *list; /* instead of them */
	FactState state;  /* of each container */
	const char *host; /* its HostConfig, and its mounts */
	unsigned asked;
} docker;

static const char *list_of(size_t count, Arena *arena)
{
	g_autoptr(GString) text = g_string_new("[");

	for (size_t i = 0; i < count; i++)
		g_string_append_printf(text, "%s{\"Id\":\"c%zu\",\"Names\":[\"/x\"]}", i ? "," : "", i);
	return arena_printf(arena, "%s]", text->str);
}

static void answer(Fact *fact, Arena *arena)
{
	docker.asked++;
	fact->state = FACT_ABSENT;
	if (fact->kind == FACT_IDS) {
		g_assert_cmpstr(fact->name, ==, FACT_CONTAINERS);
		fact->json = docker.list ? docker.list : list_of(docker.count, arena);
		fact->state = FACT_KNOWN;
	} else if (fact->kind == FACT_CONTAINER) {
		fact->state = docker.state;
		fact->json = arena_printf(arena, "{\"Id\":\"%s\",\"Name\":\"/%s\",\"Image\":\"sha256:1\",\"Config\":{\"Image\":\"b:1\",\"User\":\"1000\"},%s}", fact->name, fact->name, docker.host);
	}
	fact->length = fact->json ? strlen(fact->json) : 0;
}

static bool recall(void *data, FactList *facts, Arena *arena)
{
	return false;
}

static const Lookup lookup = { .recall = recall };

#define LISTS "rules:\n  privileged: { action: block }\n  mounts: { default: block, allowed: [/srv], allowed_read_only: [/usr] }\n"

static Policy *policy_of(const char *mode)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *text = g_strdup_printf("name: x\nmode: %s\n%s", mode, LISTS);
	Policy *policy = policy_parse("x.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	return policy;
}

/* To the end, as the bus goes on with a call; false when it was not known which containers there are. */
static bool judge(const char *mode, Existing *existing, Arena *arena)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Policy) policy = policy_of(mode);
	Paths *paths = paths_new(dir);
	Views *views = views_new("/nonexistent");
	const BusContext context = { .lookup = &lookup, .paths = paths };
	Work work = { .context = &context, .views = views, .arena = arena };

	docker.asked = 0;
	*existing = (Existing){ .policy = policy };
	while (!existing_judge(existing, &work)) {
		g_assert_nonnull(work.facts);
		for (size_t i = 0; i < work.facts->count; i++)
			if (work.facts->items[i].state == FACT_OPEN)
				answer(&work.facts->items[i], work.facts_arena);
		work.facts = NULL;
	}
	existing_clear(existing);
	views_free(views);
	paths_free(paths);
	return existing->known;
}

#define BIND(source, writable) "\"HostConfig\":{},\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"" source "\",\"Destination\":\"/d\",\"RW\":" writable "}]"

static void test_reasons(void)
{
	static const struct { const char *mode, *host, *rule, *allowed, *read_only; bool by_mounts; } rows[] = {
		{ "enforce", BIND("/srv", "true"), NULL, NULL, NULL, false },
		{ "enforce", BIND("/usr", "false"), NULL, NULL, NULL, false },
		{ "enforce", BIND("/usr", "true"), "mounts.allowed_read_only", "/usr", NULL, true },
		{ "enforce", BIND("/nowhere", "true"), "mounts.default", "/nowhere", NULL, true },
		{ "enforce", BIND("/nowhere", "false"), "mounts.default", NULL, "/nowhere", true },
		{ "enforce", "\"HostConfig\":{\"Privileged\":true},\"Mounts\":[]", "privileged", NULL, NULL, false },
		{ "warn", BIND("/nowhere", "true"), NULL, NULL, NULL, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Existing existing;
		docker.count = 2;
		docker.state = FACT_KNOWN;
		docker.host = rows[i].host;
		g_test_message("%s %s", rows[i].mode, rows[i].host);
		g_assert_true(judge(rows[i].mode, &existing, arena));
		g_assert_cmpuint(existing.looked, ==, 2);
		g_assert_cmpuint(existing.denials.count, ==, rows[i].rule ? 2 : 0);
		g_assert_cmpuint(existing.proposal.allowed.count, ==, rows[i].allowed ? 1 : 0);
		g_assert_cmpuint(existing.proposal.allowed_read_only.count, ==, rows[i].read_only ? 1 : 0);
		if (rows[i].allowed)
			g_assert_cmpstr(existing.proposal.allowed.items[0], ==, rows[i].allowed);
		if (rows[i].read_only)
			g_assert_cmpstr(existing.proposal.allowed_read_only.items[0], ==, rows[i].read_only);
		if (!rows[i].rule)
			continue;
		g_assert_cmpstr(existing.denials.items[1].name, ==, "c1");
		g_assert_cmpstr(existing.denials.items[1].image, ==, "b:1");
		g_assert_cmpstr(existing.denials.items[1].findings[0].rule, ==, rows[i].rule);
		g_assert_cmpint(existing.denials.items[1].by_mounts, ==, rows[i].by_mounts);
	}
}

/* Of many the newest are looked at, and it is said that there are others. */
static void test_limit(void)
{
	static const struct { size_t count, looked; bool more; } rows[] = {
		{ 0, 0, false }, { LIMIT_EXISTING, LIMIT_EXISTING, false }, { LIMIT_EXISTING + 1, LIMIT_EXISTING, true }, { LIMIT_EXISTING * 2, LIMIT_EXISTING, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Existing existing;
		docker.count = rows[i].count;
		docker.state = FACT_KNOWN;
		docker.host = BIND("/srv", "true");
		g_assert_true(judge("enforce", &existing, arena));
		g_assert_cmpuint(existing.looked, ==, rows[i].looked);
		g_assert_cmpint(existing.more, ==, rows[i].more);
		g_assert_cmpuint(docker.asked, >=, rows[i].looked + 1);
	}
}

/* What is gone does not count; of what Docker does not tell it is not known that it would start. */
static void test_silence(void)
{
	g_autoptr(Arena) arena = arena_new();
	Existing existing;

	docker.count = 1;
	docker.state = FACT_ABSENT;
	g_assert_true(judge("enforce", &existing, arena));
	g_assert_cmpuint(existing.looked, ==, 0);
	docker.state = FACT_FAILED;
	g_assert_true(judge("enforce", &existing, arena));
	g_assert_cmpuint(existing.looked, ==, 1);
	g_assert_cmpuint(existing.denials.count, ==, 1);
	g_assert_cmpstr(existing.denials.items[0].findings[0].rule, ==, "builtin.unresolved");
	static const char *const broken[] = { "", "{}", "[{}]", "[{\"Id\":\"\"}]", "[{\"Id\":1}]", "[{\"Id\":\"a\"}", "[{\"Id\":\"a\"}] x" };
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		docker.list = broken[i];
		g_assert_false(judge("enforce", &existing, arena));
		g_assert_cmpuint(existing.denials.count, ==, 0);
	}
	docker.list = NULL;
}

/* doctor's row. */
static void test_row(void)
{
	static const struct { size_t denied, by_mounts; CheckStatus status; const char *message; } rows[] = {
		{ 0, 0, CHECK_OK, "no container of 9 mounts what would be denied at its next start" },
		{ 2, 0, CHECK_OK, "no container of 9 mounts what would be denied at its next start; for other reasons 2 would be: sentinel policy containers" },
		{ 3, 1, CHECK_WARNING, "the policy would not let 1 of 9 containers start again for what they mount: a" },
		{ 5, 5, CHECK_WARNING, "the policy would not let 5 of 9 containers start again for what they mount: a, a, a, a, a" },
		{ 9, 7, CHECK_WARNING, "the policy would not let 7 of 9 containers start again for what they mount: a, a, a, a, a and 2 more" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		CheckList checks = { 0 };
		StringList names = { 0 };
		for (size_t n = 0; n < rows[i].by_mounts; n++)
			LIST_APPEND(arena, &names, "a");
		diagnose_mounts(9, rows[i].denied, &names, &checks, arena);
		g_assert_cmpuint(checks.count, ==, 1);
		g_assert_cmpstr(checks.items[0].name, ==, "mounts");
		g_assert_cmpint(checks.items[0].status, ==, rows[i].status);
		g_assert_cmpstr(checks.items[0].message, ==, rows[i].message);
		g_assert_cmpint(*checks.items[0].advice != 0, ==, rows[i].status != CHECK_OK);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/existing/reasons", test_reasons);
	g_test_add_func("/existing/limit", test_limit);
	g_test_add_func("/existing/silence", test_silence);
	g_test_add_func("/existing/row", test_row);
	return g_test_run();
}
