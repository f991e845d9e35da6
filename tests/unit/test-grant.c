/* SPDX-License-Identifier: MIT
 *
 * What a grant excuses, how often, and that it is kept.
 */
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "base/limits.h"
#include "core/grant.h"
#include "core/seal.h"
#include "scratch.h"

#define NOW ((int64_t)1000000)
#define LATER ((int64_t)2000000)

static Finding findings[] = {
	{ .rule = "mounts.blocked", .what = "/etc", .action = ACTION_BLOCK },
	{ .rule = "container.require_non_root", .what = "", .action = ACTION_WARN },
	{ .rule = "mounts.blocked", .what = "/", .action = ACTION_BLOCK },
	{ .rule = "builtin.unresolved", .what = "", .action = ACTION_BLOCK },
};

/* The second, and what Docker made of the container: it keeps no limit that the kernel has not got. */
static Finding changed[] = {
	{ .rule = "container.require_non_root", .what = "", .action = ACTION_WARN, .points = 15 },
	{ .rule = "container.require_resource_limits", .what = "", .action = ACTION_WARN, .points = 5 },
};

static Decision denial(size_t first, size_t count)
{
	return (Decision){ .findings = findings + first, .finding_count = count };
}

static Request request(const char *image)
{
	return (Request){ .image.text = image, .endpoint = "container.create", .subject = "", .fit = image, .image_id = "", .container_id = "" };
}

/* For alice, the image x, the first two findings. */
static Grant *grant_new(unsigned uses, const char *image)
{
	Grant *grant = g_new0(Grant, 1);
	char keys[2][GRANT_KEY_LENGTH + 1];

	grant_key(&findings[0], keys[0]);
	grant_key(&findings[1], keys[1]);
	*grant = (Grant){
		.decision_id = 7, .made_us = NOW - 1, .expires_us = LATER, .uses_left = uses, .user = g_strdup("alice"), .image = g_strdup(image),
		.endpoint = g_strdup("container.create"), .subject = g_strdup(""), .by = g_strdup("admin"), .reason = g_strdup("a = b; \"c\""),
		.command = g_strdup("docker run"), .fit = g_strdup(image), .keys = g_new0(char *, 3),
	};
	grant->keys[0] = g_strdup(keys[0]);
	grant->keys[1] = g_strdup(keys[1]);
	return grant;
}

typedef struct Place {
	char *dir, *file;
	GrantBook *book;
} Place;

static void set_up(Place *place, gconstpointer data)
{
	(void)data;
	place->dir = scratch_new();
	place->file = g_build_filename(place->dir, "grants", NULL);
	place->book = grant_book_open(place->file);
}

static void tear_down(Place *place, gconstpointer data)
{
	(void)data;
	grant_book_close(place->book);
	g_free(place->file);
	scratch_free(place->dir);
}

static void add(const Place *place, unsigned uses, const char *image)
{
	g_autoptr(Grant) grant = grant_new(uses, image);
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(grant_add(place->book, grant, &error), ==, grant->id);
	g_assert_no_error(error);
	g_assert_cmpuint(grant->id, >, 0);
}

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

static void test_uses(Place *place, gconstpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);

	(void)data;
	add(place, 2, "x");
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 1);
	/* A use counts across a restart. */
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 1);
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
	g_autoptr(Grant) ended = grant_next_ended(place->book, NOW);
	g_assert_nonnull(ended);
	g_assert_true(grant_remove(place->book, ended->id, NULL));
	g_assert_null(grant_next_ended(place->book, NOW));
	add(place, 1, "x");
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	g_assert_cmpuint(grants->len, ==, 1);
	g_assert_cmpuint(((const Grant *)g_ptr_array_index(grants, 0))->id, ==, 2); /* no id twice */
}

static void test_kept(Place *place, gconstpointer data)
{
	struct stat status;

	(void)data;
	add(place, 3, "x");
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	const Grant *grant = g_ptr_array_index(grants, 0);
	g_assert_cmpstr(grant->reason, ==, "a = b; \"c\"");
	g_assert_cmpstr(grant->by, ==, "admin");
	g_assert_cmpuint(grant->decision_id, ==, 7);
	g_assert_cmpint(grant->expires_us, ==, LATER);
	g_assert_cmpuint(grant->uses_left, ==, 3);
	g_assert_cmpint(stat(place->file, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

/* What cannot be written down is not granted. */
static void test_no_disk(Place *place, gconstpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);
	g_autoptr(GError) error = NULL;
	g_autoptr(Grant) grant = grant_new(1, "x");

	(void)data;
	add(place, 1, "x");
	g_assert_cmpint(remove(place->file), ==, 0);
	g_assert_cmpint(mkdir(place->file, 0700), ==, 0);
	scratch_put(place->file, "in-the-way", "");
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
	g_assert_cmpuint(grant_add(place->book, grant, &error), ==, 0);
	g_assert_nonnull(error);
}

static unsigned kept_after_restart(Place *place)
{
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	return grants->len;
}

/* A disk without room: what was taken out does not come back, what could not be added does not count, and both are written later. */
static void test_full_disk(Place *place, gconstpointer data)
{
	struct rlimit usual;
	g_autoptr(Grant) grant = grant_new(1, "x");

	(void)data;
	add(place, 1, "x");
	add(place, 1, "y");
	(void)signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, usual.rlim_max }), ==, 0);
	bool added = grant_add(place->book, grant, NULL) != 0, removed = grant_remove(place->book, 1, NULL);
	bool there = g_file_test(place->file, G_FILE_TEST_EXISTS);
	grant_book_settle(place->book);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	g_assert_false(added);
	g_assert_true(removed);
	g_assert_false(there);
	grant_book_settle(place->book);
	g_assert_cmpuint(kept_after_restart(place), ==, 1);
	g_assert_null(grant_find(place->book, 1));

	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, usual.rlim_max }), ==, 0);
	removed = grant_remove(place->book, 2, NULL);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	g_assert_true(removed);
	g_assert_cmpuint(kept_after_restart(place), ==, 0); /* also when nothing was written before the end */
}

/* A file that can be neither written nor removed: whoever asked is told. */
static void test_stuck_file(Place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	add(place, 1, "x");
	g_assert_cmpint(remove(place->file), ==, 0);
	g_assert_cmpint(mkdir(place->file, 0700), ==, 0);
	scratch_put(place->file, "in-the-way", "");
	g_assert_false(grant_remove(place->book, 1, &error));
	g_assert_nonnull(strstr(error->message, "neither"));
	g_assert_null(grant_find(place->book, 1)); /* it does not count */
}

/* The id by which it is told of before it counts. */
static void test_reserved(Place *place, gconstpointer data)
{
	g_autoptr(Grant) grant = grant_new(1, "x");

	(void)data;
	grant->id = grant_reserve(place->book, NULL);
	g_assert_null(grant_find(place->book, grant->id));
	add(place, 1, "y");
	g_assert_cmpuint(grant_add(place->book, grant, NULL), ==, grant->id);
	g_autoptr(Grant) found = grant_find(place->book, grant->id);
	g_assert_cmpstr(found->image, ==, "x");
}

/* A grant that somebody else wrote there. */
static void test_forged_file(Place *place, gconstpointer data)
{
	(void)data;
	add(place, 1, "x");
	grant_book_close(place->book);
	g_autofree char *text = scratch_get(place->dir, "grants");
	g_auto(GStrv) parts = g_strsplit(text, "uses=1", 2);
	g_autofree char *forged = g_strjoinv("uses=9", parts);
	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	scratch_put(place->dir, "grants", forged);
	place->book = grant_book_open(place->file);
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	g_assert_cmpuint(grants->len, ==, 0);
}

static void test_broken_file(Place *place, gconstpointer data)
{
	static const char *const bodies[] = { "x", "[1]\nuser=alice\n", "[book]\nnext=x\n[1]\n", "[1]\ndecision=1\nmade=1\nexpires=99999999999\nuses=9\n" };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		grant_book_close(place->book);
		size_t length;
		g_autofree char *sealed = seal_put("grants", bodies[i], strlen(bodies[i]), &length);
		scratch_put(place->dir, "grants", sealed);
		place->book = grant_book_open(place->file);
		g_autoptr(GPtrArray) grants = grant_list(place->book);
		g_assert_cmpuint(grants->len, ==, 0);
	}
}

static void test_revoke(Place *place, gconstpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);

	(void)data;
	add(place, 5, "x");
	g_autoptr(Grant) found = grant_find(place->book, 1);
	g_assert_cmpuint(found->id, ==, 1);
	g_assert_true(grant_remove(place->book, 1, NULL));
	g_assert_null(grant_find(place->book, 1));
	g_assert_true(grant_remove(place->book, 1, NULL)); /* twice is not worse */
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
}

static void test_limit(Place *place, gconstpointer data)
{
	g_autoptr(Grant) grant = grant_new(1, "x");
	g_autoptr(GError) error = NULL;

	(void)data;
	for (unsigned i = 0; i < LIMIT_GRANTS; i++)
		add(place, 1, "x");
	g_assert_cmpuint(grant_add(place->book, grant, &error), ==, 0);
	g_assert_nonnull(error);
}

/* Many threads, few uses: none is used twice. */
static gpointer take_many(gpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);
	guint got = 0;

	for (int i = 0; i < 20; i++)
		got += grant_take(data, &asked, &decision, "alice", NOW) != 0;
	return GUINT_TO_POINTER(got);
}

static void test_threads(Place *place, gconstpointer data)
{
	GThread *threads[4];
	guint got = 0;

	(void)data;
	add(place, 10, "x");
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("take", take_many, place->book);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		got += GPOINTER_TO_UINT(g_thread_join(threads[i]));
	g_assert_cmpuint(got, ==, 10);
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Place *place, gconstpointer data); } tests[] = {
		{ "/grant/excuses", test_excuses }, { "/grant/builtin", test_builtin }, { "/grant/anybody", test_anybody }, { "/grant/no-fit", test_no_fit }, { "/grant/bound", test_bound }, { "/grant/expected", test_expected }, { "/grant/exec", test_exec }, { "/grant/uses", test_uses },
		{ "/grant/kept", test_kept },       { "/grant/no-disk", test_no_disk }, { "/grant/revoke", test_revoke },     { "/grant/limit", test_limit },
		{ "/grant/full-disk", test_full_disk }, { "/grant/stuck-file", test_stuck_file }, { "/grant/reserved", test_reserved },
		{ "/grant/forged-file", test_forged_file }, { "/grant/broken-file", test_broken_file }, { "/grant/threads", test_threads },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/grant/fit", test_fit);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Place, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
