/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/statements.h"
#include "audit/term.h"

#define KNOWN_TERMS 4096u /* a few hundred kilobytes; who names an image anew each time costs a look into the table */

bool term_book_open(TermBook *book, sqlite3 *handle)
{
	*book = (TermBook){ .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
	return statement_prepare(handle, SQL_TERM_FIND, &book->find) && statement_prepare(handle, SQL_TERM_ADD, &book->add);
}

void term_book_close(TermBook *book)
{
	(void)sqlite3_finalize(book->find);
	(void)sqlite3_finalize(book->add);
	if (book->known)
		g_hash_table_unref(book->known);
	*book = (TermBook){ 0 };
}

void term_book_forget(TermBook *book)
{
	g_hash_table_remove_all(book->known);
}

/* The table's number; 0: it has none, -1: it does not say. */
static int64_t find(TermBook *book, TermKind kind, const char *value)
{
	(void)sqlite3_bind_int(book->find, 1, (int)kind);
	(void)sqlite3_bind_text(book->find, 2, value, -1, SQLITE_STATIC);
	int r = sqlite3_step(book->find);
	int64_t term = r == SQLITE_ROW ? sqlite3_column_int64(book->find, 0) : r == SQLITE_DONE ? 0 : -1;
	(void)sqlite3_reset(book->find);
	return term;
}

static int64_t add(TermBook *book, TermKind kind, const char *value)
{
	(void)sqlite3_bind_int(book->add, 1, (int)kind);
	(void)sqlite3_bind_text(book->add, 2, value, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(book->add, 3, TERM(kind, 0));
	(void)sqlite3_bind_int64(book->add, 4, TERM(kind, TERM_LAST_SERIAL));
	int r = sqlite3_step(book->add);
	int64_t term = r == SQLITE_ROW ? sqlite3_column_int64(book->add, 0) : -1;
	(void)sqlite3_reset(book->add);
	return term;
}

int64_t term_book_take(TermBook *book, TermKind kind, const char *value)
{
	char key[128];
	size_t length = strlen(value);

	if (length + 2 > sizeof key) { /* too long to be kept in mind */
		int64_t term = find(book, kind, value);
		return term ? term : add(book, kind, value);
	}
	key[0] = (char)('0' + (int)kind);
	memcpy(key + 1, value, length + 1);
	const int64_t *known = g_hash_table_lookup(book->known, key);
	if (known)
		return *known;
	int64_t term = find(book, kind, value);
	if (term == 0)
		term = add(book, kind, value);
	if (term < 0)
		return -1;
	if (g_hash_table_size(book->known) >= KNOWN_TERMS)
		g_hash_table_remove_all(book->known);
	g_hash_table_insert(book->known, g_strdup(key), g_memdup2(&term, sizeof term));
	return term;
}

int64_t term_number(TermKind kind, int64_t number)
{
	return TERM(kind, CLAMP(number, 0, TERM_LAST_SERIAL));
}
