/* SPDX-License-Identifier: MIT
 *
 * Whether an image comes from where its name says, and what that opens.
 */
#include <string.h>
#include "policy/wants.h"
#include "request/api.h"
#include "request/facts.h"
#include "request/image.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CONFIG "sha256:" HEX
#define MANIFEST "sha256:1" HEX

static void test_pulled(void)
{
	static const struct { const char *image, *digest; bool pulled; } rows[] = {
		{ "docker:dind", "docker@" MANIFEST, true },
		{ "docker:dind", "docker.io/library/docker@" MANIFEST, true },
		{ "docker", "index.docker.io/library/docker@" MANIFEST, true },
		{ "ghcr.io/team/x:1", "ghcr.io/team/x@" MANIFEST, true },
		{ "docker:dind", "busybox@" MANIFEST, false },
		{ "docker:dind", "evil/docker@" MANIFEST, false },
		{ "docker:dind", "evil.test/docker@" MANIFEST, false },
		{ "docker:dind", "docker@" CONFIG, false }, /* the containerd store says this of every tag */
		{ "docker:dind", "docker", false },
		{ "docker:dind", "docker@", false },
		{ "docker:dind", "<none>@<none>", false },
		{ "docker:dind", "", false },
		{ "Docker:dind", "Docker@" MANIFEST, false }, /* no name of an image */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ImageRef image = image_parse(rows[i].image, arena);
		const char *items[] = { "other@" MANIFEST, rows[i].digest };
		g_test_message("%s %s", rows[i].image, rows[i].digest);
		g_assert_true((image_origin(&image, CONFIG, &(StringList){ items, 2 }, arena) == IMAGE_PULLED) == rows[i].pulled);
		g_assert_false(image_origin(&image, CONFIG, &(StringList){ items, 1 }, arena) == IMAGE_PULLED);
	}
}

#define POLICY "name: p\nmode: enforce\nrules:\n  privileged: {action: block, exceptions: [{images: [%s]}]}\n  images: {allowed_registries: [docker.io], local: %s}\n"
#define CREATE "/v1.41/containers/create"
#define BODY(image) "{\"Image\":\"" image "\",\"HostConfig\":{\"Privileged\":true}}"
#define HARMLESS(image) "{\"Image\":\"" image "\"}"

static const char pulled[] = "{\"Id\":\"" CONFIG "\",\"RepoDigests\":[\"docker@" MANIFEST "\"]}";
static const char tagged[] = "{\"Id\":\"" CONFIG "\",\"RepoDigests\":[\"busybox@" MANIFEST "\"]}";
static const char built[] = "{\"Id\":\"" CONFIG "\",\"RepoDigests\":[]}";
static const char older[] = "{\"Id\":\"" CONFIG "\",\"RepoDigests\":null}";
static const char of_dind[] = "{\"Id\":\"c\",\"Name\":\"/c\",\"Image\":\"" CONFIG "\",\"Config\":{\"Image\":\"docker:dind\"},\"HostConfig\":{\"Privileged\":true}}";

static const char *container = of_dind;

static void answer(FactList *facts, FactState state, const char *json)
{
	for (size_t i = 0; i < facts->count; i++) {
		Fact *fact = &facts->items[i];
		bool stored = fact->kind == FACT_CONTAINER;
		if (fact->state != FACT_OPEN)
			continue;
		g_assert_true(stored || fact->kind == FACT_IMAGE);
		fact->state = stored ? FACT_KNOWN : state;
		fact->json = stored ? container : json;
		fact->length = fact->json ? strlen(fact->json) : 0;
	}
}

static const Request *judged(const Policy *policy, const char *uri, const char *body, FactState state, const char *json, Arena *arena)
{
	const ApiCall call = {
		.method = "POST", .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = body ? "application/json" : "", .content_length = body ? "9" : "0",
	};
	const Request *read = api_read(&call, arena);
	FactList facts = { 0 };
	unsigned wants = policy_wants(policy, read);

	for (;;) {
		const Request *request = facts_apply(read, wants, &facts, arena);
		unsigned more = facts_open(&facts) ? wants : wants | policy_wants(policy, request);
		if (!facts_open(&facts) && more == wants)
			return request;
		wants = more;
		answer(&facts, state, json);
	}
}

static void test_decisions(void)
{
	static const struct { const char *excepted, *local, *uri, *body; FactState state; const char *json; bool allowed; size_t findings; } rows[] = {
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_KNOWN, pulled, true, 0 },
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_KNOWN, tagged, false, 1 },
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_KNOWN, built, false, 1 },
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_KNOWN, older, false, 1 },
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_FAILED, NULL, false, 1 },
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_ABSENT, NULL, true, 0 }, /* nothing runs */
		{ "docker:dind", "allow", CREATE, BODY("docker:dind"), FACT_NOBODY, NULL, true, 0 },
		{ "\"docker@" MANIFEST "\"", "allow", CREATE, BODY("docker@" MANIFEST), FACT_KNOWN, tagged, true, 0 },
		{ "\"*\"", "allow", CREATE, BODY("docker:dind"), FACT_KNOWN, built, true, 0 },
		/* The container was made of an image, whatever its name means now; its image may be gone. */
		{ "docker:dind", "allow", "/containers/c/start", NULL, FACT_KNOWN, pulled, true, 0 },
		{ "docker:dind", "allow", "/containers/c/start", NULL, FACT_KNOWN, tagged, false, 1 },
		{ "docker:dind", "allow", "/containers/c/attach", NULL, FACT_KNOWN, built, false, 1 },
		{ "docker:dind", "allow", "/containers/c/start", NULL, FACT_ABSENT, NULL, false, 1 },
		/* images.local */
		{ "none", "allow", CREATE, HARMLESS("app:1"), FACT_KNOWN, built, true, 0 },
		{ "none", "warn", CREATE, HARMLESS("app:1"), FACT_KNOWN, built, true, 1 },
		{ "none", "block", CREATE, HARMLESS("app:1"), FACT_KNOWN, built, false, 1 },
		{ "none", "block", CREATE, HARMLESS("docker:dind"), FACT_KNOWN, pulled, true, 0 },
		{ "none", "block", CREATE, HARMLESS("docker:dind"), FACT_KNOWN, tagged, false, 1 },
		{ "none", "block", CREATE, HARMLESS("docker@" MANIFEST), FACT_KNOWN, tagged, true, 0 },
		{ "none", "block", CREATE, HARMLESS("app:1"), FACT_ABSENT, NULL, true, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		const char *text = arena_printf(arena, POLICY, rows[i].excepted, rows[i].local);
		g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
		g_assert_nonnull(policy);
		const Request *request = judged(policy, rows[i].uri, rows[i].body, rows[i].state, rows[i].json, arena);
		const Decision *decision = policy_evaluate(policy, request, &(Situation){ .now_us = 1 }, arena);
		size_t told = 0;
		for (size_t f = 0; f < decision->finding_count; f++)
			told += strcmp(decision->findings[f].rule, "images.latest_tag") != 0;
		g_test_message("row %zu: %s %s", i, rows[i].uri, rows[i].excepted);
		g_assert_cmpint(decision->allowed, ==, rows[i].allowed);
		g_assert_cmpuint(told, ==, rows[i].findings);
	}
}

#define FOREIGN "name: p\nmode: enforce\nrules:\n  images: {action: block, allowed_registries: [docker.io], local: %s}\n"
#define THERE "registry.example.com/team/app"

/* An image that was made here is no image of the registry that its name says. */
static void test_foreign(void)
{
	static const char from_there[] = "{\"Id\":\"" CONFIG "\",\"RepoDigests\":[\"" THERE "@" MANIFEST "\"]}";
	/* The containerd store's: of one that was pulled as of one that was made here. */
	static const char of_either[] = "{\"Id\":\"" CONFIG "\",\"RepoDigests\":[\"" THERE "@" CONFIG "\"]}";
	static const char stored_there[] = "{\"Id\":\"c\",\"Name\":\"/c\",\"Image\":\"" CONFIG "\",\"Config\":{\"Image\":\"" THERE ":1\"},\"HostConfig\":{}}";
	static const struct { const char *local, *uri, *body; FactState state; const char *json, *rule; bool allowed; } rows[] = {
		{ "allow", CREATE, HARMLESS(THERE ":1"), FACT_KNOWN, built, "images.local_name", true },
		{ "warn", CREATE, HARMLESS(THERE ":1"), FACT_KNOWN, tagged, "images.local_name", true },
		{ "block", CREATE, HARMLESS(THERE ":1"), FACT_KNOWN, built, "images.local_name", false },
		{ "allow", CREATE, HARMLESS(THERE ":1"), FACT_KNOWN, from_there, "images.allowed_registries", false },
		{ "allow", CREATE, HARMLESS(THERE ":1"), FACT_KNOWN, of_either, "images.allowed_registries", false },
		{ "allow", CREATE, HARMLESS(THERE ":1"), FACT_ABSENT, NULL, "images.allowed_registries", false },
		{ "allow", CREATE, HARMLESS(THERE ":1"), FACT_FAILED, NULL, "images.allowed_registries", false },
		{ "allow", CREATE, HARMLESS(THERE ":1"), FACT_NOBODY, NULL, "images.allowed_registries", false },
		{ "allow", CREATE, HARMLESS(THERE "@" MANIFEST), FACT_KNOWN, built, "images.allowed_registries", false },
		{ "allow", "/containers/c/start", NULL, FACT_KNOWN, built, "images.local_name", true },
		{ "allow", "/containers/c/start", NULL, FACT_KNOWN, from_there, "images.allowed_registries", false },
		{ "allow", "/containers/c/start", NULL, FACT_KNOWN, of_either, "images.allowed_registries", false },
		{ "allow", "/containers/c/start", NULL, FACT_ABSENT, NULL, "images.allowed_registries", false }, /* nobody can say any more */
		{ "allow", "/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"" THERE ":1\"}}}", FACT_KNOWN, built, "images.allowed_registries", false },
		{ "allow", "/images/create?fromImage=" THERE "&tag=1", NULL, FACT_KNOWN, built, "images.allowed_registries", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *text = arena_printf(arena, FOREIGN, rows[i].local);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
		const char *json = rows[i].json;
		g_assert_nonnull(policy);
		container = rows[i].uri[1] == 'c' ? stored_there : NULL;
		const Request *request = judged(policy, rows[i].uri, rows[i].body, rows[i].state, json, arena);
		const Decision *decision = policy_evaluate(policy, request, &(Situation){ .now_us = 1 }, arena);
		bool told = false;
		for (size_t f = 0; f < decision->finding_count; f++)
			told |= !strcmp(decision->findings[f].rule, rows[i].rule);
		g_test_message("row %zu: %s", i, rows[i].uri);
		g_assert_true(told);
		g_assert_cmpint(decision->allowed, ==, rows[i].allowed);
	}
	container = of_dind;
}

/* What nobody's name opens is not asked for. */
static void test_wants(void)
{
	static const struct { const char *rules; bool asks; } rows[] = {
		{ "privileged: {action: block}", false }, { "images: {local: allow}", false }, { "images: {local: warn}", true }, { "images: {local: block}", true },
		{ "privileged: {action: block, exceptions: [{names: [x]}]}", false }, { "privileged: {action: block, exceptions: [{images: [x]}]}", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		const char *text = arena_printf(arena, "name: p\nmode: enforce\nrules: {%s}\n", rows[i].rules);
		g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
		static const char *const uris[] = { CREATE, "/containers/c/start" };
		for (size_t u = 0; u < G_N_ELEMENTS(uris); u++) {
			const ApiCall call = { .method = "POST", .uri = uris[u], .body = u ? NULL : "{}", .body_length = u ? 0 : 2, .content_type = u ? "" : "application/json", .content_length = u ? "0" : "2" };
			g_test_message("%s %s", rows[i].rules, uris[u]);
			g_assert_cmpint((policy_wants(policy, api_read(&call, arena)) & WANT_ORIGIN) != 0, ==, rows[i].asks);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/image/pulled", test_pulled);
	g_test_add_func("/image/decisions", test_decisions);
	g_test_add_func("/image/foreign", test_foreign);
	g_test_add_func("/image/wants", test_wants);
	return g_test_run();
}
