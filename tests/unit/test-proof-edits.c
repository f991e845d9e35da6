/* SPDX-License-Identifier: MIT
 *
 * Whoever edits the trail is found out, and where.
 */
#include <errno.h>
#include "pack-fixture.h"

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

static void drop_packed(const char *dir, const Book *book)
{
	for (guint i = 0; i < book->names->len; i++) {
		g_autofree char *path = g_build_filename(dir, g_ptr_array_index(book->names, i), NULL), *packed = segment_packed_name(path);
		(void)unlink(packed);
	}
}

/* Who edits a packed file packs it again. */
static void pack_finished(const char *dir, const Book *book)
{
	for (guint i = 0; i + 1 < book->names->len; i++) {
		g_autofree char *path = g_build_filename(dir, g_ptr_array_index(book->names, i), NULL), *packed = segment_packed_name(path);
		int from = open(path, O_RDONLY | O_CLOEXEC), to = open(packed, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		const off_t size = lseek(from, 0, SEEK_END);
		g_assert_cmpint(zstd_text_write(from, size, 0, to, go_on, NULL), ==, size ? 0 : -EFBIG);
		(void)close(from);
		(void)close(to);
		g_assert_cmpint(unlink(size ? path : packed), ==, 0);
	}
}

/* Of every kind of edit many, at random places: each is found, also in files that are packed. */
static void test_edits(gconstpointer data)
{
	enum { ROUNDS = 60 };
	const bool packed = data != NULL;
	g_autoptr(Scratch) dir = scratch_new();

	make_trail(dir);
	expect_intact(dir, 22, "one chain");
	for (unsigned round = 0; round < ROUNDS * G_N_ELEMENTS(edits); round++) {
		Book good = read_book(dir), bad = read_book(dir);
		edits[round % G_N_ELEMENTS(edits)](&bad);
		write_book(dir, &bad);
		if (packed)
			pack_finished(dir, &bad);
		if (is_intact(dir, NULL, NULL))
			g_error("edit %zu of round %u was not found", round % G_N_ELEMENTS(edits), round);
		drop_packed(dir, &good);
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/proof-edits/all", NULL, test_edits);
	g_test_add_data_func("/proof-edits/packed", "packed", test_edits);
	g_test_add_func("/proof-edits/places", test_places);
	return g_test_run();
}
