/* SPDX-License-Identifier: MIT
 *
 * A trail of several files whose lines can be changed, and what verify says of it.
 */
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/clear.h"
#include "audit/export.h"

typedef struct Line {
	guint file;
	char *text; /* with its line feed */
} Line;

/* All lines of all files, and the files' names. */
typedef struct Book {
	GPtrArray *names;
	GPtrArray *lines;
} Book;

static inline void line_free(gpointer data)
{
	Line *line = data;

	g_free(line->text);
	g_free(line);
}

static inline void add_line(Book *book, guint at, guint file, const char *text)
{
	Line *line = g_new0(Line, 1);

	*line = (Line){ file, g_strdup(text) };
	g_ptr_array_insert(book->lines, (gint)at, line);
}

static inline Book read_book(const char *dir)
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

static inline void write_book(const char *dir, const Book *book)
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

static inline void close_book(Book *book)
{
	g_ptr_array_unref(book->names);
	g_ptr_array_unref(book->lines);
}

static inline bool is_intact(const char *dir, uint64_t *ret_entries, char **ret_detail)
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

static inline void expect_intact(const char *dir, uint64_t expected, const char *says)
{
	g_autofree char *detail = NULL;
	uint64_t entries;
	bool intact = is_intact(dir, &entries, &detail);

	g_test_message("%s", detail);
	g_assert_true(intact);
	g_assert_cmpuint(entries, ==, expected);
	g_assert_nonnull(strstr(detail, says));
}

static inline void write_records(Journal *journal, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append(journal, journal_take_id(journal), i % 3 ? OUTCOME_ALLOWED : OUTCOME_DENIED, "alice", i % 2 ? "a" : "b", i % 3 ? NULL : "rule");
}

/* Three files and a half. */
static inline void make_trail(const char *dir)
{
	Journal *journal = journal_open(dir, NULL);

	for (unsigned i = 0; i < 3; i++) {
		write_records(journal, 6);
		g_assert_cmpint(journal_rotate(journal), ==, 0);
	}
	write_records(journal, 4);
	journal_close(journal);
}

static inline Line *line_at(const Book *book, guint at)
{
	return g_ptr_array_index(book->lines, at);
}
