/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/index.h"
#include "audit/search.h"
#include "base/budget.h"
#include "base/error.h"

bool search_fail(AuditSearch *search, const char *why)
{
	if (!*search->error)
		g_set_error(search->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read audit.db: %s", why);
	return false;
}

/* What is written there is not what was written. */
bool search_fail_damaged(AuditSearch *search)
{
	if (*search->error)
		return false;
	index_doubt();
	g_set_error(search->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY,
		"audit.db is damaged and is made again from the trail; try again in a moment");
	return false;
}

bool search_fail_sql(AuditSearch *search)
{
	int cause = sqlite3_errcode(search->handle);

	return cause == SQLITE_CORRUPT || cause == SQLITE_NOTADB ? search_fail_damaged(search)
								 : search_fail(search, sqlite3_errmsg(search->handle));
}

static bool given(const char *text)
{
	return text && *text;
}

static bool read_state(AuditSearch *search)
{
	sqlite3_stmt *statement = NULL;
	int r = statement_prepare(search->handle, SQL_STATE_FIND, &statement) ? sqlite3_step(statement) : SQLITE_ERROR;

	if (r == SQLITE_ROW) {
		search->floor = sqlite3_column_int64(statement, 2);
		search->text_position = sqlite3_column_int64(statement, 3);
	}
	search->nothing = r == SQLITE_DONE;
	(void)sqlite3_finalize(statement);
	return r == SQLITE_ROW || r == SQLITE_DONE || search_fail_sql(search);
}

static void free_condition(void *condition)
{
	(void)g_array_free(condition, TRUE);
}

bool search_begin(
	AuditSearch *search, sqlite3 *handle, const char *dir, Places *places, const AuditFilter *filter, uint64_t before_id, GError **error)
{
	const int64_t before = before_id && before_id < INT64_MAX ? (int64_t)before_id : INT64_MAX;

	*search = (AuditSearch){ .handle = handle,
		.dir = dir,
		.filter = filter,
		.places = places,
		.before_id = before,
		.cursor = before / BITS_ROWS + 1,
		.group = -1,
		.error = error,
		.arena = arena_new(),
		.conditions = g_ptr_array_new_with_free_func(free_condition),
		.words = { .part = -1 } };
	const struct {
		Sql which;
		sqlite3_stmt **statement;
	} all[] = {
		{ SQL_BLOCK_BEFORE, &search->block_before },
		{ SQL_POSTING_FIND, &search->posting },
		{ SQL_SUMMARY_FIND, &search->summary },
		{ SQL_ROW_TIMES, &search->rows },
		{ SQL_ROW_FIND, &search->row },
	};
	if (!filter_check(filter, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (!statement_prepare(handle, all[i].which, all[i].statement))
			return search_fail_sql(search);
	if (given(filter->text))
		words_search_begin(&search->words, handle, filter->text);
	return read_state(search) && search_add_conditions(search);
}

void search_end(AuditSearch *search)
{
	sqlite3_stmt *all[] = { search->block_before, search->posting, search->summary, search->rows, search->row };

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		(void)sqlite3_finalize(all[i]);
	words_search_end(&search->words);
	g_ptr_array_unref(search->conditions);
	arena_free(search->arena);
}

/* The rows of a block one by one: those within the time, and those whose words are in no table yet. */
static bool look_at_rows(AuditSearch *search, int64_t block, Bits *within, Bits *late)
{
	const uint64_t since = search->filter->since_us, until = search->filter->until_us;
	int r;

	(void)sqlite3_bind_int64(search->rows, 1, block * BITS_ROWS);
	(void)sqlite3_bind_int64(search->rows, 2, block * BITS_ROWS + BITS_ROWS - 1);
	while ((r = sqlite3_step(search->rows)) == SQLITE_ROW) {
		unsigned bit = (unsigned)(sqlite3_column_int64(search->rows, 0) % BITS_ROWS);
		const uint64_t time = (uint64_t)MAX(sqlite3_column_int64(search->rows, 1), 0);
		if (time >= since && (!until || time < until))
			bits_set(within, bit);
		if (sqlite3_column_int64(search->rows, 2) >= search->text_position)
			bits_set(late, bit);
	}
	(void)sqlite3_reset(search->rows);
	return r == SQLITE_DONE || search_fail_sql(search);
}

/* By the names that the files have now.  NULL: it was removed, or the error is set. */
static char *read_again(AuditSearch *search, int64_t id, int64_t position, int64_t length)
{
	g_autoptr(Places) places = places_new(search->dir);
	char *text = places ? places_read(places, (uint64_t)id, position, length) : NULL;

	if (!text && (!places || position >= places_begin(places)))
		g_set_error(search->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
			"record %" G_GINT64_FORMAT " is not where it was written in %s: the trail was changed; sentinel audit verify says "
						   "where, and sentinel audit reindex makes the index again",
			id, search->dir);
	return text;
}

char *search_read(AuditSearch *search, int64_t id)
{
	(void)sqlite3_bind_int64(search->row, 1, id);
	int r = sqlite3_step(search->row);
	const int64_t position = r == SQLITE_ROW ? sqlite3_column_int64(search->row, 1) : 0,
		      length = r == SQLITE_ROW ? sqlite3_column_int64(search->row, 2) : 0;

	(void)sqlite3_reset(search->row);
	if (r != SQLITE_ROW) {
		(void)(r == SQLITE_DONE ? search_fail_damaged(search) : search_fail_sql(search));
		return NULL;
	}
	char *text = search->places ? places_read(search->places, (uint64_t)id, position, length) : NULL;
	if (!text)
		text = read_again(search, id, position, length);
	return text;
}

/* Those of `late` that have the words, by their text. */
static bool read_words(AuditSearch *search, int64_t block, const Bits *late, Bits *hits)
{
	for (int bit = bits_last(late, BITS_ROWS); bit >= 0; bit = bits_last(late, (unsigned)bit)) {
		g_autofree char *text = search_read(search, block * BITS_ROWS + bit);
		AuditLine line;
		if (!text && *search->error)
			return false;
		if (!budget_spend(0)) /* it has time, not so and so many records */
			return search_fail(search, "it took too long");
		arena_reset(search->arena);
		if (text && audit_line_read(text, strlen(text), search->arena, &line) && words_match(&line, search->filter->text))
			bits_set(hits, (unsigned)bit);
	}
	return true;
}

static bool meet_words(AuditSearch *search, const BlockPlace *place, const Bits *late, Bits *bits)
{
	Bits hits = { 0 }, unread = *late;

	if (place->first_position < search->text_position && words_search(&search->words, place->number, &hits) != SQLITE_OK)
		return search_fail_sql(search);
	bits_keep(&unread, bits);
	if (bits_any(&unread) && !read_words(search, place->number, &unread, &hits))
		return false;
	bits_keep(bits, &hits);
	return true;
}

/* Whether nothing, or all, of a block lies within the time. */
static bool is_apart(const AuditSearch *search, const BlockPlace *place)
{
	const AuditFilter *filter = search->filter;

	return (filter->since_us && (uint64_t)MAX(place->last_time, 0) < filter->since_us) ||
	       (filter->until_us && (uint64_t)MAX(place->first_time, 0) >= filter->until_us);
}

static bool is_within(const AuditSearch *search, const BlockPlace *place)
{
	const AuditFilter *filter = search->filter;

	return (uint64_t)MAX(place->first_time, 0) >= filter->since_us &&
	       (!filter->until_us || (uint64_t)MAX(place->last_time, 0) < filter->until_us);
}

bool search_takes_all(const AuditSearch *search)
{
	return !search->conditions->len && !given(search->filter->text) && search->before_id == INT64_MAX;
}

bool search_takes_block(const AuditSearch *search, const BlockPlace *place)
{
	return is_within(search, place) && place->first_position >= search->floor;
}

static bool look(AuditSearch *search, const BlockPlace *place, Bits *bits)
{
	const bool text = given(search->filter->text), timed = !is_within(search, place);
	Bits within = { 0 }, late = { 0 };

	if (!search_meet_conditions(search, place->number, bits))
		return false;
	if (search->before_id / BITS_ROWS == place->number)
		bits_end(bits, (unsigned)(search->before_id % BITS_ROWS));
	if (!bits_any(bits) || (!timed && !text))
		return true;
	if ((timed || place->last_position >= search->text_position) && !look_at_rows(search, place->number, &within, &late))
		return false;
	if (timed)
		bits_keep(bits, &within);
	return !text || !bits_any(bits) || meet_words(search, place, &late, bits);
}

/* The next lower block.  False: none, or an error. */
static bool step_down(AuditSearch *search, BlockPlace *ret)
{
	(void)sqlite3_bind_int64(search->block_before, 1, search->cursor);
	int r = sqlite3_step(search->block_before);
	if (r == SQLITE_ROW)
		*ret = block_place(search->block_before);
	(void)sqlite3_reset(search->block_before);
	if (r == SQLITE_ROW)
		search->cursor = ret->number;
	return r == SQLITE_ROW || (r != SQLITE_DONE && search_fail_sql(search));
}

bool search_next(AuditSearch *search, BlockPlace *ret, Bits *ret_bits)
{
	while (!search->nothing && step_down(search, ret)) {
		if (!budget_spend(0))
			return search_fail(search, "it took too long");
		if (is_apart(search, ret) || ret->last_position < search->floor)
			continue;
		if (ret->number / GROUP_BLOCKS != search->group) {
			search->group = ret->number / GROUP_BLOCKS;
			search->group_good = search_group_has(search, search->group);
			if (*search->error)
				return false;
		}
		if (!search->group_good) {
			search->cursor = search->group * GROUP_BLOCKS;
			continue;
		}
		if (!look(search, ret, ret_bits))
			return false;
		if (bits_any(ret_bits))
			return true;
	}
	return false;
}
