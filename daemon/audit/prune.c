/* SPDX-License-Identifier: MIT
 *
 * What the trail has no more leaves the index: at once for who asks (a block's last place is before the floor), and from the file a piece
 * at a time, so that new rows are not kept waiting.
 */
#include "audit/database.h"

#define PRUNE_BLOCKS 16 /* a transaction: some tens of milliseconds */
#define PRUNE_TERMS 500
#define PRUNE_PAGES "2000"
#define EDGE_BLOCKS 4 /* lines of threads that wrote at the same time stand in another order than their ids */

/* Statements of one step. */
typedef struct Pruner {
	Database *database;
	sqlite3_stmt *after, *before, *postings, *put, *drop, *summary, *rows, *prune_rows, *prune_postings, *prune_block, *summary_drop,
		*block_put;
} Pruner;

static bool pruner_open(Pruner *pruner, Database *database)
{
	*pruner = (Pruner){ .database = database };
	const struct {
		Sql which;
		sqlite3_stmt **statement;
	} all[] = {
		{ SQL_BLOCK_AFTER, &pruner->after },
		{ SQL_BLOCK_BEFORE, &pruner->before },
		{ SQL_POSTING_FIND, &pruner->postings },
		{ SQL_POSTING_PUT, &pruner->put },
		{ SQL_POSTING_DROP, &pruner->drop },
		{ SQL_SUMMARY_ADD, &pruner->summary },
		{ SQL_ROW_TIMES, &pruner->rows },
		{ SQL_PRUNE_ROWS, &pruner->prune_rows },
		{ SQL_PRUNE_POSTINGS, &pruner->prune_postings },
		{ SQL_PRUNE_BLOCK, &pruner->prune_block },
		{ SQL_SUMMARY_DROP, &pruner->summary_drop },
		{ SQL_BLOCK_PUT, &pruner->block_put },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (!statement_prepare(database->handle, all[i].which, all[i].statement))
			return false;
	return true;
}

static void pruner_close(Pruner *pruner)
{
	sqlite3_stmt *all[] = { pruner->after, pruner->before, pruner->postings, pruner->put, pruner->drop, pruner->summary, pruner->rows,
		pruner->prune_rows, pruner->prune_postings, pruner->prune_block, pruner->summary_drop, pruner->block_put };

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		(void)sqlite3_finalize(all[i]);
}

static bool run(sqlite3_stmt *statement, const int64_t *numbers, int count)
{
	for (int i = 0; i < count; i++)
		(void)sqlite3_bind_int64(statement, i + 1, numbers[i]);
	bool good = sqlite3_step(statement) == SQLITE_DONE;
	(void)sqlite3_reset(statement);
	return good;
}

#define RUN(statement, ...)                                                                                                                \
	run((statement), (const int64_t[]){ __VA_ARGS__ }, (int)(sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)))

static bool find_block(sqlite3_stmt *statement, int64_t number, BlockPlace *ret)
{
	(void)sqlite3_bind_int64(statement, 1, number);
	bool found = sqlite3_step(statement) == SQLITE_ROW;
	if (found)
		*ret = block_place(statement);
	(void)sqlite3_reset(statement);
	return found;
}

/* The next block above or below `number`.  False: none (or the database says no). */
static bool block_after(Pruner *pruner, int64_t number, BlockPlace *ret)
{
	return find_block(pruner->after, number, ret);
}

static bool block_before(Pruner *pruner, int64_t number, BlockPlace *ret)
{
	return find_block(pruner->before, number, ret);
}

typedef struct Stored {
	int64_t term;
	Bits bits;
} Stored;

/* All postings of a block: they are changed while one goes through them. */
static GArray *read_postings(Pruner *pruner, int64_t block)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Stored));
	int r;

	(void)sqlite3_bind_int64(pruner->postings, 1, block);
	(void)sqlite3_bind_int64(pruner->postings, 2, 0);
	(void)sqlite3_bind_int64(pruner->postings, 3, INT64_MAX);
	while ((r = sqlite3_step(pruner->postings)) == SQLITE_ROW) {
		Stored stored = { .term = sqlite3_column_int64(pruner->postings, 0) };
		if (!bits_load(sqlite3_column_blob(pruner->postings, 1), (size_t)sqlite3_column_bytes(pruner->postings, 1), &stored.bits)) {
			pruner->database->blocks.damaged = true;
			break;
		}
		g_array_append_val(all, stored);
	}
	(void)sqlite3_reset(pruner->postings);
	return r == SQLITE_DONE ? g_steal_pointer(&all) : NULL;
}

static bool remove_block(Pruner *pruner, int64_t block)
{
	g_autoptr(GArray) postings = read_postings(pruner, block);
	BlockPlace next;

	if (!postings)
		return false;
	for (guint i = 0; i < postings->len; i++) {
		const Stored *stored = &g_array_index(postings, Stored, i);
		if (!RUN(pruner->summary, block / GROUP_BLOCKS, stored->term, -(int64_t)bits_count(&stored->bits)))
			return false;
	}
	if (!RUN(pruner->prune_rows, block * BITS_ROWS, block * BITS_ROWS + BITS_ROWS - 1) || !RUN(pruner->prune_postings, block) ||
		!RUN(pruner->prune_block, block))
		return false;
	bool last =
		!block_after(pruner, block / GROUP_BLOCKS * GROUP_BLOCKS - 1, &next) || next.number / GROUP_BLOCKS != block / GROUP_BLOCKS;
	return !last || RUN(pruner->summary_drop, block / GROUP_BLOCKS);
}

/* Which rows of a block stay, and where they lie. */
static Bits rows_that_stay(Pruner *pruner, int64_t floor, BlockPlace *place)
{
	const int64_t first = place->number * BITS_ROWS;
	BlockPlace rest = { .number = place->number,
		.first_time = INT64_MAX,
		.last_time = INT64_MIN,
		.first_position = INT64_MAX,
		.last_position = INT64_MIN };
	Bits stay = { 0 };

	(void)sqlite3_bind_int64(pruner->rows, 1, first);
	(void)sqlite3_bind_int64(pruner->rows, 2, first + BITS_ROWS - 1);
	while (sqlite3_step(pruner->rows) == SQLITE_ROW) {
		int64_t time_us = sqlite3_column_int64(pruner->rows, 1), position = sqlite3_column_int64(pruner->rows, 2);
		if (position < floor)
			continue;
		bits_set(&stay, (unsigned)(sqlite3_column_int64(pruner->rows, 0) - first));
		rest.rows++;
		rest.first_time = MIN(rest.first_time, time_us);
		rest.last_time = MAX(rest.last_time, time_us);
		rest.first_position = MIN(rest.first_position, position);
		rest.last_position = MAX(rest.last_position, position);
	}
	(void)sqlite3_reset(pruner->rows);
	*place = rest;
	return stay;
}

static bool shorten_posting(Pruner *pruner, int64_t block, Stored *stored, const Bits *stay)
{
	unsigned before = bits_count(&stored->bits);
	uint8_t bytes[BITS_STORED_BYTES];

	bits_keep(&stored->bits, stay);
	unsigned after = bits_count(&stored->bits);
	if (!RUN(pruner->summary, block / GROUP_BLOCKS, stored->term, (int64_t)after - before))
		return false;
	if (!after)
		return RUN(pruner->drop, block, stored->term);
	(void)sqlite3_bind_blob(pruner->put, 3, bytes, (int)bits_store(&stored->bits, bytes), SQLITE_STATIC);
	return RUN(pruner->put, block, stored->term);
}

/* The floor lies within it. */
static bool shorten_block(Pruner *pruner, int64_t floor, BlockPlace place)
{
	const Bits stay = rows_that_stay(pruner, floor, &place);
	g_autoptr(GArray) postings = read_postings(pruner, place.number);

	if (!postings)
		return false;
	for (guint i = 0; i < postings->len; i++)
		if (!shorten_posting(pruner, place.number, &g_array_index(postings, Stored, i), &stay))
			return false;
	for (unsigned bit = 0; bit < BITS_ROWS; bit++)
		if (!bits_has(&stay, bit) && !RUN(pruner->prune_rows, place.number * BITS_ROWS + bit, place.number * BITS_ROWS + bit))
			return false;
	return RUN(
		pruner->block_put, place.number, place.rows, place.first_time, place.last_time, place.first_position, place.last_position);
}

static bool shorten_edge(Pruner *pruner, int64_t floor)
{
	BlockPlace place = { .number = -1 };

	for (unsigned edge = 0; edge < EDGE_BLOCKS && block_after(pruner, place.number, &place);) {
		if (place.first_position < floor && place.last_position >= floor && !shorten_block(pruner, floor, place))
			return false;
		edge += place.last_position >= floor;
	}
	return true;
}

/* The newest ones may still get rows, so what is in them goes at once. */
static bool remove_newest(Pruner *pruner, int64_t floor)
{
	BlockPlace place = { .number = INT64_MAX };

	for (unsigned i = 0; i < EDGE_BLOCKS && block_before(pruner, place.number, &place); i++)
		if (place.last_position < floor && !remove_block(pruner, place.number))
			return false;
	return true;
}

bool database_prune(Database *database, int64_t floor)
{
	DatabaseState state = database->state;
	Pruner pruner;

	state.floor = floor;
	bool good = database_begin(database) && pruner_open(&pruner, database);
	if (good) {
		good = shorten_edge(&pruner, floor) && remove_newest(&pruner, floor);
		pruner_close(&pruner);
	}
	blocks_forget(&database->blocks);
	database->sweeping = true;
	database->swept = 0;
	return good && database_commit(database, &state);
}

static bool remove_blocks(Pruner *pruner, unsigned *ret_removed)
{
	BlockPlace place;

	for (*ret_removed = 0;
		*ret_removed < PRUNE_BLOCKS && block_after(pruner, -1, &place) && place.last_position < pruner->database->state.floor;
		++*ret_removed)
		if (!remove_block(pruner, place.number))
			return false;
	return true;
}

static bool in_summary(Database *database, sqlite3_stmt *find, const BlockPlace *lowest, int64_t highest, int64_t term)
{
	bool found = false;

	for (int64_t part = lowest->number / GROUP_BLOCKS; part <= highest / GROUP_BLOCKS && !found; part++) {
		(void)sqlite3_bind_int64(find, 1, part);
		(void)sqlite3_bind_int64(find, 2, term);
		(void)sqlite3_bind_int64(find, 3, term);
		found = sqlite3_step(find) != SQLITE_DONE; /* a database that does not say keeps it */
		(void)sqlite3_reset(find);
	}
	return found;
}

/* The names of users and images that no record has any more. */
static bool sweep_terms(Pruner *pruner)
{
	Database *database = pruner->database;
	sqlite3_stmt *next = NULL, *find = NULL, *drop = NULL;
	BlockPlace lowest = { 0 }, highest = { .number = -1 };
	int64_t terms[PRUNE_TERMS];
	unsigned count = 0;

	bool good = statement_prepare(database->handle, SQL_TERM_AFTER, &next) &&
		    statement_prepare(database->handle, SQL_SUMMARY_FIND, &find) &&
		    statement_prepare(database->handle, SQL_TERM_DROP, &drop);
	(void)(block_after(pruner, -1, &lowest) && block_before(pruner, INT64_MAX, &highest));
	(void)sqlite3_bind_int64(next, 1, database->swept);
	(void)sqlite3_bind_int64(next, 2, PRUNE_TERMS);
	while (good && count < PRUNE_TERMS && sqlite3_step(next) == SQLITE_ROW)
		terms[count++] = sqlite3_column_int64(next, 0);
	(void)sqlite3_reset(next);
	for (unsigned i = 0; i < count && good; i++)
		if (!in_summary(database, find, &lowest, highest.number, terms[i]))
			good = RUN(drop, terms[i]);
	database->sweeping = count == PRUNE_TERMS;
	database->swept = count ? terms[count - 1] : 0;
	term_book_forget(&database->terms);
	(void)sqlite3_finalize(next);
	(void)sqlite3_finalize(find);
	(void)sqlite3_finalize(drop);
	return good;
}

static int64_t free_pages(Database *database)
{
	sqlite3_stmt *statement = NULL;
	int64_t count = 0;

	if (sqlite3_prepare_v2(database->handle, "PRAGMA freelist_count", -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		count = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return count;
}

/* Gives pages back to the file system. */
static bool shrink(Database *database, bool *ret_more)
{
	if (free_pages(database) == 0)
		return true;
	*ret_more = true;
	return sqlite3_exec(database->handle, "PRAGMA incremental_vacuum(" PRUNE_PAGES ")", NULL, NULL, NULL) == SQLITE_OK;
}

static bool prune_step(Pruner *pruner, bool *ret_more)
{
	Database *database = pruner->database;
	BlockPlace lowest;
	unsigned removed;

	if (!remove_blocks(pruner, &removed))
		return false;
	*ret_more = removed > 0;
	if (removed || !database->sweeping)
		return true;
	if (block_after(pruner, -1, &lowest) && !words_prune(database->handle, lowest.number * BITS_ROWS))
		return false;
	*ret_more = true;
	return sweep_terms(pruner);
}

bool database_prune_some(Database *database, bool *ret_failed)
{
	Pruner pruner;
	bool more = false;

	*ret_failed = false;
	if (!database->sweeping)
		return false;
	bool good = database_begin(database) && pruner_open(&pruner, database);
	if (good) {
		good = prune_step(&pruner, &more);
		pruner_close(&pruner);
	}
	blocks_forget(&database->blocks);
	good = good && database_commit(database, &database->state) && shrink(database, &more);
	*ret_failed = !good;
	if (good && more)
		database->sweeping = true;
	return good && more;
}
