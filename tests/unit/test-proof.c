/* SPDX-License-Identifier: MIT
 *
 * The chain: whatever is done to lines that were written is found, and what is part of normal life is not taken for it.
 */
#include "proof-fixture.h"

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
	g_test_add_func("/proof/torn", test_torn);
	g_test_add_func("/proof/unended", test_unended);
	g_test_add_func("/proof/older", test_older);
	g_test_add_func("/proof/cleared", test_cleared);
	g_test_add_func("/proof/beginning", test_beginning);
	return g_test_run();
}
