/* SPDX-License-Identifier: MIT
 *
 * Reads that are counted: no more lines than are allowed, no count lost, and what the line says is what was asked.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <json-glib/json-glib.h>
#include "base/limits.h"
#include "core/folds.h"

/* A journal in memory, which fails after `room` lines. */
typedef struct Book {
	uint64_t ids;
	GPtrArray *lines;
	unsigned room;
} Book;

static uint64_t take_id(void *data)
{
	return ++((Book *)data)->ids;
}

static int append(void *data, const char *line, size_t length)
{
	Book *book = data;

	if (book->lines->len >= book->room)
		return -ENOSPC;
	g_assert_cmpuint(length, <=, LIMIT_RECORD_BYTES);
	g_ptr_array_add(book->lines, g_strndup(line, length));
	return 0;
}

typedef struct Scene {
	Book book;
	Ledger ledger;
	Folds *folds;
} Scene;

static void set_up(Scene *scene, gconstpointer data)
{
	(void)data;
	scene->book = (Book){ .lines = g_ptr_array_new_with_free_func(g_free), .room = G_MAXUINT };
	scene->ledger = (Ledger){ .data = &scene->book, .take_id = take_id, .append = append };
	scene->folds = folds_new();
}

static void tear_down(Scene *scene, gconstpointer data)
{
	(void)data;
	folds_free(scene->folds);
	g_ptr_array_unref(scene->book.lines);
}

static void add(const Scene *scene, const char *user, const char *endpoint, const char *subject, int64_t time_us)
{
	folds_add(scene->folds, &(FoldedRead){ user, endpoint, subject, "p", "docker ps", time_us });
}

static JsonObject *details_of(JsonNode *node)
{
	return json_object_get_object_member(json_node_get_object(node), "details");
}

/* All that the lines count together. */
static int64_t counted(const Scene *scene)
{
	int64_t all = 0;

	for (guint i = 0; i < scene->book.lines->len; i++) {
		g_autoptr(JsonNode) node = json_from_string(g_ptr_array_index(scene->book.lines, i), NULL);
		all += json_object_get_int_member(details_of(node), "reads");
	}
	return all;
}

static unsigned lines_with(const Scene *scene, const char *text)
{
	unsigned count = 0;

	for (guint i = 0; i < scene->book.lines->len; i++)
		count += strstr(g_ptr_array_index(scene->book.lines, i), text) != NULL;
	return count;
}

static void test_line(Scene *scene, gconstpointer data)
{
	(void)data;
	for (int64_t i = 0; i < 3000; i++)
		add(scene, "alice", "container.list", "", 7000 + i);
	add(scene, "bob", "container.list", "", 5);
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpuint(scene->book.lines->len, ==, 2);
	g_autoptr(JsonNode) node = json_from_string(g_ptr_array_index(scene->book.lines, 0), NULL);
	JsonObject *line = json_node_get_object(node), *details = details_of(node);
	g_assert_cmpstr(json_object_get_string_member(line, "kind"), ==, "folded");
	g_assert_cmpstr(json_object_get_string_member(line, "user"), ==, "alice");
	g_assert_cmpstr(json_object_get_string_member(line, "command"), ==, "docker ps, 3000 times");
	g_assert_cmpstr(json_object_get_string_member(details, "call"), ==, "container.list");
	g_assert_cmpstr(json_object_get_string_member(details, "policy"), ==, "p");
	g_assert_cmpint(json_object_get_int_member(details, "reads"), ==, 3000);
	g_assert_cmpint(json_object_get_int_member(details, "first"), ==, 7000);
	g_assert_cmpint(json_object_get_int_member(details, "last"), ==, 9999);
	g_assert_cmpuint(lines_with(scene, "docker ps, once"), ==, 1);
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpuint(scene->book.lines->len, ==, 2);
}

static void test_due(Scene *scene, gconstpointer data)
{
	const int64_t before = g_get_monotonic_time(), minute = (int64_t)LIMIT_FOLD_S * G_USEC_PER_SEC;

	(void)data;
	g_assert_false(folds_are_due(scene->folds, G_MAXINT64));
	add(scene, "alice", "container.list", "", 1);
	g_assert_false(folds_are_due(scene->folds, before + minute - 1));
	g_assert_true(folds_are_due(scene->folds, g_get_monotonic_time() + minute));
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_false(folds_are_due(scene->folds, G_MAXINT64));
}

/* A caller's own lines, exactly so many; the rest of it has one, and takes no room from others. */
static void test_per_user(Scene *scene, gconstpointer data)
{
	(void)data;
	for (unsigned i = 0; i < 10 * LIMIT_FOLDS_PER_USER; i++) {
		g_autofree char *subject = g_strdup_printf("c%u", i);
		add(scene, "mallory", "container.inspect", subject, 1);
	}
	add(scene, "mallory", "container.inspect", "c0", 1);
	add(scene, "alice", "container.list", "", 1);
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpuint(lines_with(scene, "\"mallory\""), ==, LIMIT_FOLDS_PER_USER + 1);
	g_assert_cmpuint(lines_with(scene, "other reads of this caller, 576 times"), ==, 1);
	g_assert_cmpuint(lines_with(scene, "docker ps, 2 times"), ==, 1);
	g_assert_cmpuint(lines_with(scene, "\"alice\""), ==, 1);
	g_assert_cmpint(counted(scene), ==, 10 * LIMIT_FOLDS_PER_USER + 2);
}

static void test_in_all(Scene *scene, gconstpointer data)
{
	(void)data;
	for (unsigned i = 0; i < LIMIT_FOLDS; i++) {
		g_autofree char *user = g_strdup_printf("u%u", i);
		add(scene, user, "container.list", "", 1);
	}
	for (unsigned i = 0; i < 100; i++) {
		g_autofree char *user = g_strdup_printf("late%u", i);
		add(scene, user, "container.list", "", 1);
	}
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpuint(scene->book.lines->len, ==, LIMIT_FOLDS + 1);
	g_assert_cmpuint(lines_with(scene, "reads of more callers than are told apart, 100 times"), ==, 1);
	g_assert_cmpint(counted(scene), ==, LIMIT_FOLDS + 100);
}

/* What cannot be written waits, and is counted on. */
static void test_full(Scene *scene, gconstpointer data)
{
	(void)data;
	scene->book.room = 1;
	for (int64_t i = 0; i < 5; i++) {
		add(scene, "alice", "container.list", "", 10 + i);
		add(scene, "bob", "container.list", "", 20 + i);
		add(scene, "bob", "image.list", "", 30 + i);
	}
	g_assert_false(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpint(counted(scene), ==, 5);
	add(scene, "bob", "container.list", "", 99);
	scene->book.room = G_MAXUINT;
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpuint(scene->book.lines->len, ==, 3);
	g_assert_cmpint(counted(scene), ==, 16);
	g_assert_cmpuint(lines_with(scene, "\"reads\":6,\"first\":20,\"last\":99"), ==, 1);
}

enum { READS = 20000 };

static void *read_on(void *data)
{
	for (int64_t i = 0; i < READS; i++)
		add(data, "alice", "container.list", "", i);
	return NULL;
}

/* Counted by one thread while another writes. */
static void test_while_writing(Scene *scene, gconstpointer data)
{
	pthread_t thread;

	(void)data;
	g_assert_cmpint(pthread_create(&thread, NULL, read_on, scene), ==, 0);
	for (unsigned i = 0; i < 100; i++)
		g_assert_true(folds_write(scene->folds, &scene->ledger));
	(void)pthread_join(thread, NULL);
	g_assert_true(folds_write(scene->folds, &scene->ledger));
	g_assert_cmpint(counted(scene), ==, READS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/folds/line", Scene, NULL, set_up, test_line, tear_down);
	g_test_add("/folds/due", Scene, NULL, set_up, test_due, tear_down);
	g_test_add("/folds/per-user", Scene, NULL, set_up, test_per_user, tear_down);
	g_test_add("/folds/in-all", Scene, NULL, set_up, test_in_all, tear_down);
	g_test_add("/folds/full", Scene, NULL, set_up, test_full, tear_down);
	g_test_add("/folds/while-writing", Scene, NULL, set_up, test_while_writing, tear_down);
	return g_test_run();
}
