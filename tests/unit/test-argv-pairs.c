/* SPDX-License-Identifier: MIT
 *
 * What the docker CLI sends for a command line, and what the docker front door makes of the same line:
 * tests/data/cli/README says what a pair is.  SENTINEL_CLI_PAIRS names another file of pairs.
 */
#include <stdio.h>
#include <string.h>
#include <json-glib/json-glib.h>
#include "base/error.h"
#include "policy/policy.h"
#include "request/api.h"
#include "request/argv/argv.h"
#include "request/equal.h"
#include "request/list.h"

#define LEAST_PAIRS 200u

static const char *const policy_names[] = { "production", "default", "strict" };

typedef struct Pairs {
	GPtrArray *nodes;
	Policy *policies[G_N_ELEMENTS(policy_names)];
} Pairs;

static Policy *load_policy(const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/%s.yaml", g_getenv("SENTINEL_POLICIES"), name), *text = NULL;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	gsize length;

	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	Policy *policy = policy_parse(path, text, length, diagnostics);
	g_assert_nonnull(policy);
	return policy;
}

static void pairs_load(Pairs *pairs)
{
	g_autofree char *own = g_build_filename(g_getenv("G_TEST_SRCDIR"), "../data/cli/pairs.jsonl", NULL), *text = NULL;
	const char *path = g_getenv("SENTINEL_CLI_PAIRS");

	g_assert_true(g_file_get_contents(path ? path : own, &text, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	pairs->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
	for (char **line = lines; *line && **line; line++) {
		JsonNode *node = json_from_string(*line, NULL);
		g_assert_nonnull(node);
		g_ptr_array_add(pairs->nodes, node);
	}
	g_assert_cmpuint(pairs->nodes->len, >=, LEAST_PAIRS);
	for (size_t i = 0; i < G_N_ELEMENTS(policy_names); i++)
		pairs->policies[i] = load_policy(policy_names[i]);
}

static JsonObject *member_object(JsonObject *pair, const char *name)
{
	bool there = json_object_has_member(pair, name) && !json_object_get_null_member(pair, name);

	return there ? json_object_get_object_member(pair, name) : NULL;
}

static PairList read_pairs(JsonObject *object, Arena *arena)
{
	PairList list = { 0 };
	GList *names = object ? json_object_get_members(object) : NULL;

	for (GList *at = names; at; at = at->next) {
		const Pair pair = { at->data, json_object_get_null_member(object, at->data) ? NULL : json_object_get_string_member(object, at->data) };
		if (pair.value)
			LIST_APPEND(arena, &list, pair);
	}
	g_list_free(names);
	return list;
}

static PairList read_environment(JsonObject *pair, Arena *arena)
{
	static const Pair base[] = {
		{ "HOME", "/home/dev" }, { "USER", "dev" }, { "LOGNAME", "dev" }, { "SHELL", "/bin/bash" }, { "LANG", "C.UTF-8" }, { "TERM", "xterm-256color" },
		{ "DISPLAY", ":0" }, { "HOSTNAME", "devbox" }, { "PWD", "/home/dev/project" }, { "DOCKER_BUILDKIT", "0" },
	};
	JsonObject *own = member_object(pair, "env");
	PairList list = read_pairs(own, arena);

	for (size_t i = 0; i < G_N_ELEMENTS(base); i++)
		if (!own || !json_object_has_member(own, base[i].key))
			LIST_APPEND(arena, &list, base[i]);
	return list;
}

static bool read_argv(JsonObject *pair, size_t call, Arena *arena, ArgvReading *ret, GError **error)
{
	JsonArray *words = json_object_get_array_member(pair, "argv");
	const PairList env = read_environment(pair, arena), files = read_pairs(member_object(pair, "files"), arena);
	const ArgvContext context = { .cwd = "/home/dev/project", .home = "/home/dev", .env = &env, .files = &files, .call = call };
	StringList argv = { 0 };

	for (guint i = 0; i < json_array_get_length(words); i++) {
		const char *word = json_array_get_string_element(words, i);
		LIST_APPEND(arena, &argv, word);
	}
	return argv_read_line(argv.items, argv.count, &context, arena, ret, error);
}

/* A context or an image that follows in chunks; the pairs have no headers. */
static bool is_sent_along(const char *uri)
{
	return g_str_has_prefix(uri, "/build?") || strstr(uri, "fromSrc=-");
}

static Request *read_sent(JsonObject *sent, Arena *arena)
{
	JsonNode *node = json_object_has_member(sent, "body") ? json_object_get_member(sent, "body") : NULL;
	g_autofree char *text = node ? json_to_string(node, FALSE) : NULL;
	const char *body = text ? arena_strdup(arena, text) : NULL, *uri = json_object_get_string_member(sent, "uri");
	bool along = is_sent_along(uri);
	const ApiCall call = {
		.method = json_object_get_string_member(sent, "method"), .uri = uri, .body = body, .body_length = body ? strlen(body) : 0,
		.content_type = body ? "application/json" : along ? "application/x-tar" : "", .content_length = body || along ? "" : "0",
	};

	return api_read(&call, arena);
}

static const char *line_of(JsonObject *pair, Arena *arena)
{
	g_autofree char *text = json_to_string(json_object_get_member(pair, "argv"), FALSE);

	return arena_strdup(arena, text);
}

static void compare_decisions(const Pairs *pairs, const Request *sent, const Request *mine, const char *line, Arena *arena)
{
	const Situation situation = { .audit_down = false };

	for (size_t i = 0; i < G_N_ELEMENTS(policy_names); i++) {
		const Decision *theirs = policy_evaluate(pairs->policies[i], sent, &situation, arena);
		const Decision *ours = policy_evaluate(pairs->policies[i], mine, &situation, arena);
		if (theirs->outcome != ours->outcome || theirs->score != ours->score || theirs->finding_count != ours->finding_count)
			g_error("%s: %s decides otherwise: %u and %u points", line, policy_names[i], theirs->score, ours->score);
	}
}

/* The sent call that is the same as `mine`; what a container is called by is not known before. */
static bool was_sent(JsonArray *sent, const Request *mine, Arena *arena)
{
	const char *difference;

	for (guint i = 0; i < json_array_get_length(sent); i++) {
		const Request *theirs = read_sent(json_array_get_object_element(sent, i), arena);
		if (strcmp(theirs->endpoint, mine->endpoint) != 0)
			continue;
		return !strcmp(mine->subject, "ID") || request_equal(theirs, mine, arena, &difference);
	}
	return false;
}

/* What the line leads to besides is what was sent besides, no more and no less. */
static void compare_further(JsonObject *pair, size_t calls, const char *line, Arena *arena)
{
	JsonArray *sent = json_object_get_array_member(pair, "further");
	ArgvMade last = json_object_has_member(pair, "absent") ? ARGV_MADE_IF_ABSENT : ARGV_MADE;
	ArgvReading reading;
	guint made = 0;

	for (size_t call = 1; call < calls; call++) {
		g_assert_true(read_argv(pair, call, arena, &reading, NULL));
		if (reading.made > last)
			continue;
		made++;
		if (!was_sent(sent, reading.request, arena))
			g_error("%s: docker does not send %s", line, reading.request->summary);
	}
	if (made != json_array_get_length(sent))
		g_error("%s: docker sends %u further calls, not %u", line, json_array_get_length(sent), made);
}

static void compare(const Pairs *pairs, JsonObject *pair)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GError) error = NULL;
	const char *line = line_of(pair, arena), *difference;
	ArgvReading reading = { .request = NULL };
	Request *mine = read_argv(pair, 0, arena, &reading, &error) ? reading.request : NULL;

	if (json_object_has_member(pair, "refused")) {
		if (mine || !g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID))
			g_error("%s: docker refuses it", line);
		g_assert_cmpuint(strlen(error->message), >, 10);
		return;
	}
	if (!mine)
		g_error("%s: docker takes it: %s", line, error->message);
	JsonObject *asked = member_object(pair, "request");
	if (!asked) {
		g_assert_false(mine->mutates);
		return;
	}
	const Request *sent = read_sent(asked, arena);
	if (!request_equal(sent, mine, arena, &difference))
		g_error("%s: %s", line, difference);
	compare_decisions(pairs, sent, mine, line, arena);
	if (json_object_has_member(pair, "further"))
		compare_further(pair, reading.calls, line, arena);
}

static void test_pairs(void)
{
	Pairs pairs = { 0 };

	pairs_load(&pairs);
	for (guint i = 0; i < pairs.nodes->len; i++)
		compare(&pairs, json_node_get_object(g_ptr_array_index(pairs.nodes, i)));
	g_test_message("%u pairs", pairs.nodes->len);
	g_ptr_array_unref(pairs.nodes);
	for (size_t i = 0; i < G_N_ELEMENTS(policy_names); i++)
		policy_unref(pairs.policies[i]);
}

/* The comparison itself: one changed member is a difference, and it is named. */
static void test_equal(void)
{
	static const char *const rows[][3] = {
		{ "docker run a", "docker run a", "" },
		{ "docker run -v /a:/b -v /c:/d a", "docker run -v /c:/d -v /a:/b a", "" },
		{ "docker run -e A=1 -e B=2 a", "docker run -e B=2 -e A=1 a", "" },
		{ "docker run a", "docker run --privileged a", "privileged" },
		{ "docker run -v /a:/b a", "docker run -v /a:/b:ro a", "mounts" },
		{ "docker run a", "docker run b", "image" },
		{ "docker run a", "docker run --memory 1g a", "memory" },
		{ "docker run a", "docker run -p 80:80 a", "ports" },
		{ "docker run --dns 1.1.1.1 --dns 8.8.8.8 a", "docker run --dns 8.8.8.8 --dns 1.1.1.1 a", "dns" },
		{ "docker run -e A=hidden a", "docker run -e B=hidden a", "env" },
		{ "docker pull a", "docker push a", "kind" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ArgvContext context = { .cwd = "/" };
		const Request *requests[2];
		const char *difference;
		for (size_t side = 0; side < G_N_ELEMENTS(requests); side++) {
			g_auto(GStrv) words = g_strsplit(rows[i][side], " ", -1);
			requests[side] = argv_read((const char *const *)words, g_strv_length(words), &context, arena, NULL);
			g_assert_nonnull(requests[side]);
		}
		g_assert_true(request_equal(requests[0], requests[1], arena, &difference) == !*rows[i][2]);
		g_assert_true(g_str_has_prefix(difference, rows[i][2]));
		g_assert_null(strstr(difference, "hidden"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/argv-pairs/equal", test_equal);
	g_test_add_func("/argv-pairs/pairs", test_pairs);
	return g_test_run();
}
