/* SPDX-License-Identifier: MIT
 *
 * What a grant excuses, and what not.
 */
#include <string.h>
#include "grant-fixture.h"

/* The second, and what Docker made of the container: it keeps no limit that the kernel has not got. */
static Finding changed[] = {
	{ .rule = "container.require_non_root", .what = "", .action = ACTION_WARN, .points = 15 },
	{ .rule = "container.require_resource_limits", .what = "", .action = ACTION_WARN, .points = 5 },
};

static void test_excuses(Place *place, gconstpointer data)
{
	const struct { const char *user, *image; size_t first, count; int64_t now; bool excused; } rows[] = {
		{ "alice", "x", 0, 2, NOW, true },        { "alice", "x", 0, 1, NOW, true }, /* less than was granted */
		{ "alice", "x", 1, 1, NOW, true },        { "bob", "x", 0, 2, NOW, false },
		{ "", "x", 0, 2, NOW, false },            { "one-of:alice,bob", "x", 0, 2, NOW, false },
		{ "alice", "y", 0, 2, NOW, false },       { "alice", "", 0, 2, NOW, false },
		{ "tls:alice", "x", 0, 2, NOW, false },   { "one-of:alice,?", "x", 0, 2, NOW, false },
		{ "alice", "x", 0, 3, NOW, false },       { "alice", "x", 2, 1, NOW, false }, /* another path */
		{ "alice", "x", 2, 2, NOW, false },       { "alice", "x", 0, 0, NOW, false },
		{ "alice", "x", 0, 2, LATER - 1, true },  { "alice", "x", 0, 2, LATER, false },
	};

	(void)data;
	add(place, G_N_ELEMENTS(rows), "x");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Request asked = request(rows[i].image);
		const Decision decision = denial(rows[i].first, rows[i].count);
		if ((grant_take(place->book, &asked, &decision, rows[i].user, rows[i].now) != 0) != rows[i].excused)
			g_error("row %zu", i);
	}
}

/* A denial of somebody who was not certain: for all of this machine, as nobody can say who comes again; not for certificates. */
static void test_anybody(Place *place, gconstpointer data)
{
	static const struct { const char *user; bool excused; } rows[] = {
		{ "", true }, { "alice", true }, { "one-of:alice,bob", true }, { "one-of:alice,?", true }, { "tls:alice", false }, { "tls:", false },
	};
	g_autoptr(Grant) grant = grant_new(G_N_ELEMENTS(rows), "x");
	const Request asked = request("x");
	const Decision decision = denial(0, 1);

	(void)data;
	*grant->user = 0;
	g_assert_cmpuint(grant_add(place->book, grant, NULL), >, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(grant_take(place->book, &asked, &decision, rows[i].user, NOW) != 0, ==, rows[i].excused);
}

/* Builtin findings are never excused, not even by a grant that has their key. */
static void test_builtin(Place *place, gconstpointer data)
{
	g_autoptr(Grant) grant = grant_new(1, "x");
	const Request asked = request("x");
	const Decision decision = denial(3, 1);

	(void)data;
	grant_key(&findings[3], grant->keys[0]);
	g_assert_cmpuint(grant_add(place->book, grant, NULL), >, 0);
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
}

/* A call of which nobody can say what it would run fits no grant, and no grant without a fit fits a call. */
static void test_no_fit(Place *place, gconstpointer data)
{
	const Decision decision = denial(0, 1);
	const Request asked = request("");

	(void)data;
	add(place, 1, "");
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
}

#define PRINT "0123456789"

static Request on_container(const char *endpoint, const Request *stored)
{
	return (Request){ .image.text = "", .endpoint = endpoint, .subject = "web", .fit = "f", .image_id = "", .container_id = "", .stored = stored };
}

/* What a granted create made may be attached to as often as one likes, and started once; nothing else made may. */
static void test_bound(Place *place, gconstpointer data)
{
	const Decision create_denial = denial(0, 2), less = denial(0, 1), other = denial(2, 1);
	const Request create = request("x"), mine = { .container_id = "aa", .image.text = "x" }, not_mine = { .container_id = "bb", .image.text = "x" };
	const Request unknown = { .container_id = "" };
	const Decision more = { .findings = changed, .finding_count = 2, .max_score = 5 }, too_much = { .findings = changed, .finding_count = 2, .max_score = 4 };
	const Decision never = { .findings = findings + 3, .finding_count = 1, .max_score = 100 };
	const struct { const char *endpoint; const Request *stored; const Decision *decision; const char *user; bool excused; } rows[] = {
		{ "container.attach", &mine, &more, "alice", true },      { "container.attach", &mine, &too_much, "alice", false },
		{ "container.attach", &mine, &never, "alice", false },    { "container.start", &mine, &too_much, "alice", false },
		{ "exec.create", &mine, &more, "alice", false },          { "container.start", &not_mine, &more, "alice", false },
		{ "container.start", NULL, &less, "alice", false },       { "container.start", &unknown, &less, "alice", false },
		{ "container.start", &not_mine, &less, "alice", false },  { "container.start", &mine, &less, "bob", false },
		{ "container.start", &mine, &other, "alice", false },     { "exec.create", &mine, &less, "alice", false },
		{ "container.restart", &mine, &less, "alice", false },    { "container.archive-get", &mine, &less, "alice", false },
		{ "container.attach", &mine, &less, "alice", true },      { "container.attach", &mine, &create_denial, "alice", true },
		{ "container.start", &mine, &less, "alice", true },       { "container.start", &mine, &less, "alice", false },
		{ "container.attach", &mine, &less, "alice", false },
	};

	(void)data;
	add(place, 1, "x");
	g_assert_false(grant_expects(place->book));
	g_assert_cmpuint(grant_take(place->book, &create, &more, "alice", NOW), ==, 0); /* the call itself: what was looked at alone */
	uint64_t id = grant_take(place->book, &create, &create_denial, "alice", NOW);
	g_assert_cmpuint(id, >, 0);
	grant_expect(place->book, id, PRINT);
	g_assert_true(grant_expects(place->book));
	g_assert_null(grant_next_ended(place->book, NOW));
	grant_bind(place->book, "another", "bb");
	grant_bind(place->book, PRINT, "aa");
	g_assert_false(grant_expects(place->book));
	grant_bind(place->book, PRINT, "bb");
	/* It counts across a restart, and the grant has not ended before the start. */
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Request asked = on_container(rows[i].endpoint, rows[i].stored);
		if (i == G_N_ELEMENTS(rows) - 2) {
			g_autoptr(Grant) ended = grant_next_ended(place->book, NOW);
			g_assert_nonnull(ended);
		}
		if ((grant_take(place->book, &asked, rows[i].decision, rows[i].user, NOW) != 0) != rows[i].excused)
			g_error("row %zu", i);
	}
}

/* docker exec is two calls as well: what a granted one made may be started once, by its id. */
static void test_exec(Place *place, gconstpointer data)
{
	static const struct { const char *subject, *user; bool excused; } rows[] = { { "e2", "alice", false }, { "e1", "bob", false }, { "e1", "alice", true }, { "e1", "alice", false } };
	const Decision decision = denial(0, 1);
	Request exec = request("x"), start = on_container("exec.start", NULL);

	(void)data;
	exec.endpoint = "exec.create";
	add(place, 1, "x");
	uint64_t id = grant_take(place->book, &exec, &decision, "alice", NOW);
	g_assert_cmpuint(id, >, 0);
	grant_expect(place->book, id, PRINT);
	grant_bind(place->book, PRINT, "e1");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		start.subject = rows[i].subject;
		g_assert_cmpint(grant_take(place->book, &start, &decision, rows[i].user, NOW) != 0, ==, rows[i].excused);
	}
}

/* A create that failed leaves nothing, and one that Docker never answers makes room. */
static void test_expected(Place *place, gconstpointer data)
{
	const Request create = request("x");
	const Decision decision = denial(0, 2);

	(void)data;
	add(place, 1, "x");
	uint64_t id = grant_take(place->book, &create, &decision, "alice", NOW);
	grant_expect(place->book, id, PRINT);
	grant_bind(place->book, PRINT, "");
	g_assert_false(grant_expects(place->book));
	for (unsigned i = 0; i < LIMIT_GRANTS_EXPECTED + 1; i++) {
		g_autofree char *print = g_strdup_printf("%u", i);
		grant_expect(place->book, id, print);
	}
	grant_bind(place->book, "0", "aa"); /* the oldest is not waited for */
	for (unsigned i = 1; i < LIMIT_GRANTS_EXPECTED + 1; i++) {
		g_autofree char *print = g_strdup_printf("%u", i);
		g_assert_true(grant_expects(place->book));
		grant_bind(place->book, print, "");
	}
	g_assert_false(grant_expects(place->book));
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	g_assert_null(((const Grant *)g_ptr_array_index(grants, 0))->bound);
}

/* Every part of the call counts, and what Docker has under its names; its layout does not. */
static void test_fit(void)
{
	static const char base[] = "{\"Image\":\"x\",\"Cmd\":[\"a\",\"b\"],\"HostConfig\":{\"Binds\":[\"/etc:/h:ro\"],\"Memory\":1}}";
	static const struct { const char *uri, *body, *image, *container; bool same; } rows[] = {
		{ "/v1.41/containers/create?name=w", base, "i", "", true },
		{ "/v1.41/containers/create?n%61me=w", " { \"HostConfig\": {\"Memory\":1,\"B\\u0069nds\":[\"/etc:/h:ro\"]},\n\"Cmd\":[\"a\",\"b\"],\"Image\":\"x\"} ", "i", "", true },
		{ "/v1.41/containers/create?name=v", base, "i", "", false },
		{ "/v1.41/containers/create?name=w&a=", base, "i", "", false },
		{ "/v1.40/containers/create?name=w", base, "i", "", false },
		{ "/v1.41/containers/create?name=w", base, "j", "", false },
		{ "/v1.41/containers/create?name=w", base, "i", "c", false },
		{ "/v1.41/containers/create?name=w", "{\"Image\":\"x\",\"Cmd\":[\"b\",\"a\"],\"HostConfig\":{\"Binds\":[\"/etc:/h:ro\"],\"Memory\":1}}", "i", "", false },
		{ "/v1.41/containers/create?name=w", "{\"Image\":\"x\",\"Cmd\":[\"a\",\"b\"],\"HostConfig\":{\"Binds\":[\"/etc:/h\"],\"Memory\":1}}", "i", "", false },
		{ "/v1.41/containers/create?name=w", "{\"Image\":\"x\",\"Cmd\":[\"a\",\"b\"],\"New\":0,\"HostConfig\":{\"Binds\":[\"/etc:/h:ro\"],\"Memory\":1}}", "i", "", false },
		{ "/v1.41/containers/create?name=w", "{\"Image\":\"x\",\"Cmd\":[\"a\",\"b\"],\"HostConfig\":{\"Binds\":[\"/etc:/h:ro\"],\"Memory\":10}}", "i", "", false },
	};
	g_autofree char *first = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = "POST", .uri = rows[i].uri, .body = rows[i].body, .body_length = strlen(rows[i].body), .content_type = "application/json", .content_length = "1" };
		Request *read = api_read(&call, arena);
		const Request stored = { .image_id = "i", .container_id = rows[i].container };
		g_assert_cmpstr(grant_fit(&call, read, arena), ==, ""); /* nobody knows the image */
		read->image_id = rows[i].image;
		read->stored = *rows[i].container ? &stored : NULL;
		const char *fit = grant_fit(&call, read, arena);
		g_assert_cmpuint(strlen(fit), ==, GRANT_FIT_LENGTH);
		if (!first)
			first = g_strdup(fit);
		if ((strcmp(fit, first) == 0) != rows[i].same)
			g_error("row %zu", i);
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Place *place, gconstpointer data); } tests[] = {
		{ "/grant/excuses", test_excuses },
		{ "/grant/builtin", test_builtin },
		{ "/grant/anybody", test_anybody },
		{ "/grant/no-fit", test_no_fit },
		{ "/grant/bound", test_bound },
		{ "/grant/expected", test_expected },
		{ "/grant/exec", test_exec },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/grant/fit", test_fit);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Place, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
