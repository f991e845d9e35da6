/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/words.h"

#define FIELDS 6

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || (unsigned char)c >= 0x80;
}

/* Moves to the next word; its length, 0 at the end. */
static size_t next_word(const char **at)
{
	size_t length = 0;

	while (**at && !is_word(**at))
		++*at;
	while (is_word((*at)[length]))
		length++;
	return length;
}

bool words_any(const char *text)
{
	return next_word(&text) > 0;
}

static void fields_of(const AuditLine *line, const char *ret[static FIELDS])
{
	const char *const fields[FIELDS] = { line->command, line->uri, line->user, line->image, line->subject, line->endpoint };

	memcpy(ret, fields, sizeof fields);
}

static bool has_word(const char *text, const char *word, size_t length, bool begin)
{
	size_t found;

	for (; (found = next_word(&text)) > 0; text += found)
		if ((found == length || (begin && found > length)) && g_ascii_strncasecmp(text, word, length) == 0)
			return true;
	return false;
}

bool words_match(const AuditLine *line, const char *wanted)
{
	const char *fields[FIELDS];
	size_t length;

	fields_of(line, fields);
	for (; (length = next_word(&wanted)) > 0; wanted += length) {
		bool found = false;
		for (size_t i = 0; i < FIELDS && !found; i++)
			found = has_word(fields[i], wanted, length, wanted[length] == '*');
		if (!found)
			return false;
	}
	return true;
}

static bool open_part(WordsWriter *writer, int64_t part)
{
	g_autofree char *table = g_strdup_printf("CREATE VIRTUAL TABLE IF NOT EXISTS words_%" G_GINT64_FORMAT
						 " USING fts5(text, content='', detail=none, columnsize=0, tokenize='ascii')",
		part);
	g_autofree char *add = g_strdup_printf("INSERT INTO words_%" G_GINT64_FORMAT "(rowid, text) VALUES(?,?)", part);

	words_writer_close(writer);
	if (sqlite3_exec(writer->handle, table, NULL, NULL, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(writer->handle, add, -1, &writer->add, NULL) != SQLITE_OK)
		return false;
	writer->part = part;
	return true;
}

bool words_add(WordsWriter *writer, const AuditLine *line)
{
	const int64_t part = line->id >> WORDS_PART_BITS;
	const char *fields[FIELDS];
	GString *text;

	if (writer->part != part && !open_part(writer, part))
		return false;
	fields_of(line, fields);
	text = g_string_new(NULL);
	for (size_t i = 0; i < FIELDS; i++)
		g_string_append_printf(text, "%s ", fields[i]);
	(void)sqlite3_bind_int64(writer->add, 1, line->id);
	(void)sqlite3_bind_text(writer->add, 2, text->str, (int)text->len, SQLITE_STATIC);
	bool good = sqlite3_step(writer->add) == SQLITE_DONE;
	(void)sqlite3_reset(writer->add);
	g_string_free(text, TRUE);
	return good;
}

void words_writer_close(WordsWriter *writer)
{
	(void)sqlite3_finalize(writer->add);
	writer->add = NULL;
	writer->part = -1;
}

/* The lowest part that there is; -1: none. */
static int64_t lowest_part(sqlite3 *handle)
{
	sqlite3_stmt *statement = NULL;
	int64_t lowest = -1;

	if (sqlite3_prepare_v2(handle, "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'", -1, &statement,
		    NULL) != SQLITE_OK)
		return -1;
	while (sqlite3_step(statement) == SQLITE_ROW) {
		int64_t part = g_ascii_strtoll((const char *)sqlite3_column_text(statement, 0) + strlen("words_"), NULL, 10);
		lowest = lowest < 0 ? part : MIN(lowest, part);
	}
	(void)sqlite3_finalize(statement);
	return lowest;
}

bool words_prune(sqlite3 *handle, int64_t id)
{
	int64_t part = lowest_part(handle);

	if (part < 0 || part >= id >> WORDS_PART_BITS)
		return true;
	g_autofree char *drop = g_strdup_printf("DROP TABLE words_%" G_GINT64_FORMAT, part);
	return sqlite3_exec(handle, drop, NULL, NULL, NULL) == SQLITE_OK;
}

void words_search_begin(WordsSearch *search, sqlite3 *handle, const char *wanted)
{
	GString *expression = g_string_new(NULL);
	size_t length;

	for (; (length = next_word(&wanted)) > 0; wanted += length)
		g_string_append_printf(
			expression, "%s\"%.*s\"%s", expression->len ? " AND " : "", (int)length, wanted, wanted[length] == '*' ? " *" : "");
	*search = (WordsSearch){ .handle = handle, .expression = g_string_free(expression, FALSE), .part = -1 };
}

void words_search_end(WordsSearch *search)
{
	(void)sqlite3_finalize(search->hits);
	g_free(search->expression);
	*search = (WordsSearch){ .part = -1 };
}

char *words_hits_sql(int64_t part)
{
	return g_strdup_printf("SELECT rowid FROM words_%" G_GINT64_FORMAT " WHERE words_%" G_GINT64_FORMAT
			       " MATCH ? AND rowid <= ? ORDER BY rowid DESC",
		part, part);
}

static int begin_part(WordsSearch *search, int64_t part)
{
	g_autofree char *sql = words_hits_sql(part), *table = g_strdup_printf("words_%" G_GINT64_FORMAT, part);

	(void)sqlite3_finalize(search->hits);
	search->hits = NULL;
	search->part = part;
	search->next = -1;
	search->absent = sqlite3_table_column_metadata(search->handle, NULL, table, NULL, NULL, NULL, NULL, NULL, NULL) != SQLITE_OK;
	if (search->absent)
		return SQLITE_OK;
	int r = sqlite3_prepare_v2(search->handle, sql, -1, &search->hits, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_bind_text(search->hits, 1, search->expression, -1, SQLITE_STATIC);
	search->next = INT64_MAX; /* not asked yet */
	return r;
}

/* The next hit down into `next`. */
static int take_hit(WordsSearch *search)
{
	int r = sqlite3_step(search->hits);

	search->next = r == SQLITE_ROW ? sqlite3_column_int64(search->hits, 0) : -1;
	return r == SQLITE_ROW || r == SQLITE_DONE ? SQLITE_OK : r;
}

int words_search(WordsSearch *search, int64_t block, Bits *ret)
{
	const int64_t first = block * BITS_ROWS, last = first + BITS_ROWS - 1;
	int r = SQLITE_OK;

	*ret = (Bits){ 0 };
	if (first >> WORDS_PART_BITS != search->part)
		r = begin_part(search, first >> WORDS_PART_BITS);
	if (r != SQLITE_OK || search->absent)
		return r;
	if (search->next > last) { /* blocks in between were of no interest */
		(void)sqlite3_reset(search->hits);
		(void)sqlite3_bind_int64(search->hits, 2, last);
		r = take_hit(search);
	}
	for (; r == SQLITE_OK && search->next >= first; r = take_hit(search))
		bits_set(ret, (unsigned)(search->next - first));
	return r;
}
