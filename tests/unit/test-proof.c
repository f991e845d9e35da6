/* SPDX-License-Identifier: MIT
 *
 * The chain: whatever is done to lines that were written is found, and what is part of normal life is not taken for it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/clear.h"
#include "audit/export.h"

#define SECOND_US UINT64_C(1000000)

typedef struct Line {
	guint file;
	char *text; /* with its line feed */
} Line;

/* All lines of all files, and the files' names. */
typedef struct Book {
	GPtrArray *names;
	GPtrArray *lines;
} Book;

static void line_free(gpointer data)
{
	Line *line = data;

	g_free(line->text);
	g_free(line);
}

static void add_line(Book *book, guint at, guint file, const char *text)
{
	Line *line = g_new0(Line, 1);

	*line = (Line){ file, g_strdup(text) };
	g_ptr_array_insert(book->lines, (gint)at, line);
}

static Book read_book(const char *dir)
{
	int cause = 0;
	Book book = { segment_list(dir, &cause), g_ptr_array_new_with_free_func(line_free) };

	for (guint i = 0; i < book.names->len; i++) {
		g_autofree char *text = scratch_get(dir, g_ptr_array_index(book.names, i));
		for (const char *at = text, *feed; (feed = strchr(at, '\n')); at = feed + 1) {
			g_autofree char *line = g_strndup(at, (gsize)(feed + 1 - at));
			add_line(&book, book.lines->len, i, line);
		}
	}
	return book;
}

static void write_book(const char *dir, const Book *book)
{
	for (guint i = 0; i < book->names->len; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		for (guint l = 0; l < book->lines->len; l++) {
			const Line *line = g_ptr_array_index(book->lines, l);
			if (line->file == i)
				g_string_append(text, line->text);
		}
		g_autofree char *path = g_build_filename(dir, g_ptr_array_index(book->names, i), NULL);
		FILE *file = fopen(path, "we"); /* g_file_set_contents() would wait for the disk each time */
		g_assert_cmpuint(fwrite(text->str, 1, text->len, file), ==, text->len);
		g_assert_cmpint(fclose(file), ==, 0);
	}
}

static void close_book(Book *book)
{
	g_ptr_array_unref(book->names);
	g_ptr_array_unref(book->lines);
}

static bool is_intact(const char *dir, uint64_t *ret_entries, char **ret_detail)
{
	g_autoptr(GError) error = NULL;
	Verification found;

	g_assert_true(verify_run(dir, &found, &error));
	g_assert_no_error(error);
	if (ret_entries)
		*ret_entries = found.entries;
	if (ret_detail)
		*ret_detail = found.detail;
	else
		g_free(found.detail);
	return found.intact;
}

static void expect_intact(const char *dir, uint64_t expected, const char *says)
{
	g_autofree char *detail = NULL;
	uint64_t entries;
	bool intact = is_intact(dir, &entries, &detail);

	g_test_message("%s", detail);
	g_assert_true(intact);
	g_assert_cmpuint(entries, ==, expected);
	g_assert_nonnull(strstr(detail, says));
}

static void write_records(Journal *journal, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append(journal, journal_take_id(journal), i % 3 ? OUTCOME_ALLOWED : OUTCOME_DENIED, "alice", i % 2 ? "a" : "b", i % 3 ? NULL : "rule");
}

/* Three files and a half. */
static void make_trail(const char *dir)
{
	Journal *journal = journal_open(dir, NULL);

	for (unsigned i = 0; i < 3; i++) {
		write_records(journal, 6);
		g_assert_cmpint(journal_rotate(journal), ==, 0);
	}
	write_records(journal, 4);
	journal_close(journal);
}

static Line *line_at(const Book *book, guint at)
{
	return g_ptr_array_index(book->lines, at);
}

static guint any(const Book *book)
{
	return (guint)g_test_rand_int_range(0, (gint32)book->lines->len);
}

/* Of the lines that have one behind them. */
static guint any_but_last(const Book *book)
{
	return (guint)g_test_rand_int_range(0, (gint32)book->lines->len - 1);
}

/* One bit of one byte, never into a line feed or out of it. */
static void flip(Book *book)
{
	Line *line = line_at(book, any_but_last(book));
	size_t at = (size_t)g_test_rand_int_range(0, (gint32)strlen(line->text) - 1);
	char other;

	do
		other = (char)(line->text[at] ^ (1 << g_test_rand_int_range(0, 7)));
	while (other == '\n' || other == 0);
	line->text[at] = other;
}

static void change_word(Book *book)
{
	static const char from[] = "\"user\":\"alice\"", to[] = "\"user\":\"bobby\"";
	char *found;

	do
		found = strstr(line_at(book, any_but_last(book))->text, from);
	while (!found);
	memcpy(found, to, strlen(to));
}

static void remove_one(Book *book)
{
	g_ptr_array_remove_index(book->lines, any_but_last(book));
}

static void insert_copy(Book *book)
{
	const Line *line = line_at(book, any(book));
	guint at = any_but_last(book);

	add_line(book, at + 1, line_at(book, at)->file, line->text);
}

/* As the service would make it, but for the chain. */
static void insert_forged(Book *book)
{
	g_autoptr(Arena) arena = arena_new();
	guint at = any_but_last(book);

	add_line(book, at + 1, line_at(book, at)->file, make_line(23, OUTCOME_ALLOWED, "mallory", "a", NULL, arena));
}

static void insert_garbage(Book *book)
{
	static const char *const texts[] = { "x\n", "\n", "{}\n", "{\"v\":2,\"id\":9,\"time\":3\n" };
	guint at = any_but_last(book);

	add_line(book, at + 1, line_at(book, at)->file, texts[g_test_rand_int_range(0, G_N_ELEMENTS(texts))]);
}

static void swap(Book *book)
{
	guint a = any(book), b;

	do
		b = any(book);
	while (b == a);
	char *text = line_at(book, a)->text;
	line_at(book, a)->text = line_at(book, b)->text;
	line_at(book, b)->text = text;
}

static void move(Book *book)
{
	guint from = any_but_last(book), to;

	do
		to = any_but_last(book);
	while (to == from);
	g_autofree char *text = g_strdup(line_at(book, from)->text);
	guint file = line_at(book, to)->file;
	g_ptr_array_remove_index(book->lines, from);
	add_line(book, to, file, text);
}

/* The beginning, of whole lines. */
static void cut_begin(Book *book)
{
	g_ptr_array_remove_range(book->lines, 0, (guint)g_test_rand_int_range(1, 6));
}

static void cut_file(Book *book)
{
	guint file = (guint)g_test_rand_int_range(0, 3);

	for (guint i = book->lines->len; i-- > 0;)
		if (line_at(book, i)->file == file)
			g_ptr_array_remove_index(book->lines, i);
}

/* The end of a file that was put away. */
static void cut_end_of_file(Book *book)
{
	guint file = (guint)g_test_rand_int_range(0, 3), i = book->lines->len;

	while (line_at(book, --i)->file != file)
		;
	g_ptr_array_remove_range(book->lines, i - 1, 2);
}

static void swap_files(Book *book)
{
	guint a = (guint)g_test_rand_int_range(0, 4), b;

	do
		b = (guint)g_test_rand_int_range(0, 4);
	while (b == a);
	for (guint i = 0; i < book->lines->len; i++) {
		Line *line = line_at(book, i);
		line->file = line->file == a ? b : line->file == b ? a : line->file;
	}
}

static void cut_within(Book *book)
{
	Line *line = line_at(book, any_but_last(book));
	gsize length = strlen(line->text) - 1;

	memcpy(line->text + g_test_rand_int_range(0, (gint32)length), "\n", 2);
}

/* One byte of the last line, so that it is none any more. */
static void spoil_last(Book *book)
{
	line_at(book, book->lines->len - 1)->text[g_test_rand_int_range(0, 2)] = '!';
}

static void join(Book *book)
{
	guint at;

	do
		at = any_but_last(book);
	while (line_at(book, at)->file != line_at(book, at + 1)->file);
	g_autofree char *joined = g_strconcat(g_strchomp(line_at(book, at)->text), line_at(book, at + 1)->text, NULL);
	g_ptr_array_remove_index(book->lines, at + 1);
	g_free(line_at(book, at)->text);
	line_at(book, at)->text = g_steal_pointer(&joined);
}

static void (*const edits[])(Book *) = {
	flip, change_word, remove_one, insert_copy, insert_forged, insert_garbage, swap, move, cut_begin, cut_file, cut_end_of_file, swap_files, cut_within, join, spoil_last,
};

/* Of every kind of edit many, at random places: each is found. */
static void test_edits(void)
{
	enum { ROUNDS = 60 };
	g_autoptr(Scratch) dir = scratch_new();

	make_trail(dir);
	expect_intact(dir, 22, "one chain");
	for (unsigned round = 0; round < ROUNDS * G_N_ELEMENTS(edits); round++) {
		Book good = read_book(dir), bad = read_book(dir);
		edits[round % G_N_ELEMENTS(edits)](&bad);
		write_book(dir, &bad);
		if (is_intact(dir, NULL, NULL))
			g_error("edit %zu of round %u was not found", round % G_N_ELEMENTS(edits), round);
		write_book(dir, &good);
		close_book(&good);
		close_book(&bad);
	}
	expect_intact(dir, 22, "one chain");
}



static void change_third(Book *book)
{
	memcpy(strstr(line_at(book, 2)->text, "alice"), "bobby", 5);
}

static void remove_third(Book *book)
{
	g_ptr_array_remove_index(book->lines, 2);
}

static void forge_third(Book *book)
{
	g_autoptr(Arena) arena = arena_new();

	add_line(book, 2, 0, make_line(3, OUTCOME_ALLOWED, "mallory", "a", NULL, arena));
}

static void tear_third(Book *book)
{
	add_line(book, 2, 0, "{\"v\":2,\"id\":3,\"ti\n");
}

static void end_first_file(Book *book)
{
	g_ptr_array_remove_index(book->lines, 5);
}

static void drop_second_file(Book *book)
{
	g_ptr_array_remove_range(book->lines, 6, 7);
}

static const struct { const char *what, *place; void (*edit)(Book *book); } places[] = {
	{ "this line was changed", "0001.jsonl:3:", change_third },
	{ "lines before this one were removed", "0001.jsonl:3:", remove_third },
	{ "without a hash", "0001.jsonl:3:", forge_third },
	{ "this line was put in", "0001.jsonl:3:", tear_third },
	{ "what stood before this file is missing", "0007.jsonl:1:", end_first_file },
	{ "what stood before this file is missing", "0013.jsonl:1:", drop_second_file },
};

/* The first line that is wrong is named, and what is wrong with it. */
static void test_places(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *detail = NULL;
		make_trail(dir);
		Book book = read_book(dir);
		places[i].edit(&book);
		write_book(dir, &book);
		close_book(&book);
		g_assert_false(is_intact(dir, NULL, &detail));
		g_test_message("%s", detail);
		g_assert_nonnull(strstr(detail, places[i].place));
		g_assert_nonnull(strstr(detail, places[i].what));
	}
}

static void add_text(const char *dir, const char *text, size_t length)
{
	g_autofree char *path = g_build_filename(dir, SEGMENT_ACTIVE, NULL);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	g_assert_cmpint(write(fd, text, length), ==, (gssize)length);
	(void)close(fd);
}

/* What a full disk, a kill or a power cut leaves is skipped and counted, wherever it stands, and the chain goes over it. */
static void test_torn(void)
{
	static const struct { const char *text; size_t length; } tails[] = {
		{ "{\"v\":2,\"id\":3,\"time\":12", 23 }, { "{\"v", 3 }, { "{\"v\":2,\"id\":3,\"time\":12\n\n\n", 26 }, { "\n", 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(tails); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		Journal *journal = journal_open(dir, NULL);
		write_records(journal, 2);
		journal_close(journal);
		add_text(dir, tails[i].text, tails[i].length);
		expect_intact(dir, 2, i < 3 ? "1 torn line" : "one chain");
		journal = journal_open(dir, NULL);
		g_assert_true(journal_probe(journal));
		write_records(journal, 1);
		g_assert_true(journal_probe(journal));
		write_records(journal, 1);
		g_assert_cmpint(journal_rotate(journal), ==, 0);
		write_records(journal, 1);
		journal_close(journal);
		expect_intact(dir, 5, i < 3 ? "1 torn line" : "one chain");
		Book book = read_book(dir);
		line_at(&book, 2)->text[0] ^= 1; /* the torn one, or the blank line */
		write_book(dir, &book);
		close_book(&book);
		g_assert_false(is_intact(dir, NULL, NULL));
	}
}

/* A line that lacks only its line feed is a whole one. */
static void test_unended(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, SEGMENT_ACTIVE, NULL);
	Journal *journal = journal_open(dir, NULL);

	write_records(journal, 3);
	journal_close(journal);
	g_autofree char *text = scratch_get(dir, SEGMENT_ACTIVE);
	g_assert_cmpint(truncate(path, (off_t)strlen(text) - 1), ==, 0);
	expect_intact(dir, 3, "one chain");
	journal = journal_open(dir, NULL);
	g_assert_cmpuint(journal_take_id(journal), ==, 4);
	write_records(journal, 1);
	journal_close(journal);
	expect_intact(dir, 4, "one chain");
}

/* Lines of an older version are read and counted apart; from the first chained one on the chain holds, and answers for the last of them. */
static void test_older(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();

	scratch_put(dir, SEGMENT_ACTIVE, arena_printf(arena, "%s%s", make_line(1, OUTCOME_ALLOWED, "alice", "a", NULL, arena), make_line(2, OUTCOME_ALLOWED, "alice", "a", NULL, arena)));
	Journal *journal = journal_open(dir, NULL);
	write_records(journal, 2);
	journal_close(journal);
	expect_intact(dir, 4, "the first 2 are of an older version");
	Book book = read_book(dir);
	memcpy(strstr(line_at(&book, 1)->text, "alice"), "bobby", 5);
	write_book(dir, &book);
	close_book(&book);
	g_assert_false(is_intact(dir, NULL, NULL));
}

/* A beginning that was removed on purpose is one that a record answers for; the same removal by hand is not. */
static void test_cleared(void)
{
	static const uint64_t until_s[] = { 3, 7, 9, 20, 22, 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(until_s); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *detail = NULL;
		uint64_t entries;
		make_trail(dir);
		Journal *journal = journal_open(dir, NULL);
		g_assert_true(clear_run(journal, dir, until_s[i] * SECOND_US, "root", &entries, &error));
		g_assert_no_error(error);
		expect_intact(dir, 23 - entries, "one chain");
		write_records(journal, 1);
		g_assert_true(clear_run(journal, dir, (until_s[i] ? until_s[i] + 1 : 0) * SECOND_US, "root", &entries, &error));
		write_records(journal, 1);
		journal_close(journal);
		g_assert_true(is_intact(dir, NULL, NULL));
		Book book = read_book(dir);
		for (guint at = 0; at < book.lines->len; at++) {
			char *cut = strstr(line_at(&book, at)->text, "\"cut\":{\"position\":");
			if (cut)
				cut[strlen("\"cut\":{\"position\":")] ^= 1;
		}
		write_book(dir, &book);
		close_book(&book);
		g_assert_false(is_intact(dir, NULL, &detail));
	}
}

/* No record says that it was removed. */
static void test_beginning(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *detail = NULL, *name = segment_name(1), *path = g_build_filename(dir, name, NULL);

	make_trail(dir);
	g_assert_cmpint(unlink(path), ==, 0);
	g_assert_false(is_intact(dir, NULL, &detail));
	g_assert_nonnull(strstr(detail, "no record in it says"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/proof/edits", test_edits);
	g_test_add_func("/proof/places", test_places);
	g_test_add_func("/proof/torn", test_torn);
	g_test_add_func("/proof/unended", test_unended);
	g_test_add_func("/proof/older", test_older);
	g_test_add_func("/proof/cleared", test_cleared);
	g_test_add_func("/proof/beginning", test_beginning);
	return g_test_run();
}
