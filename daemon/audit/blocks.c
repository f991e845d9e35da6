/* SPDX-License-Identifier: MIT */
#include "audit/blocks.h"

typedef struct Posting {
	Bits bits;
	unsigned added; /* since the last flush */
} Posting;

bool blocks_open(Blocks *blocks, sqlite3 *handle)
{
	*blocks = (Blocks){ 0 };
	for (size_t i = 0; i < BLOCKS_OPEN; i++)
		blocks->open[i].postings = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	return statement_prepare(handle, SQL_BLOCK_FIND, &blocks->find) && statement_prepare(handle, SQL_BLOCK_PUT, &blocks->put) &&
	       statement_prepare(handle, SQL_POSTING_FIND, &blocks->posting_find) &&
	       statement_prepare(handle, SQL_POSTING_PUT, &blocks->posting_put) &&
	       statement_prepare(handle, SQL_SUMMARY_ADD, &blocks->summary_add);
}

void blocks_close(Blocks *blocks)
{
	(void)sqlite3_finalize(blocks->find);
	(void)sqlite3_finalize(blocks->put);
	(void)sqlite3_finalize(blocks->posting_find);
	(void)sqlite3_finalize(blocks->posting_put);
	(void)sqlite3_finalize(blocks->summary_add);
	for (size_t i = 0; i < BLOCKS_OPEN; i++)
		if (blocks->open[i].postings)
			g_hash_table_unref(blocks->open[i].postings);
	*blocks = (Blocks){ 0 };
}

BlockPlace block_place(sqlite3_stmt *row)
{
	return (BlockPlace){ sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2),
		sqlite3_column_int64(row, 3), sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 5) };
}

static bool step(sqlite3_stmt *statement)
{
	bool good = sqlite3_step(statement) == SQLITE_DONE;

	(void)sqlite3_reset(statement);
	return good;
}

static void bind_numbers(sqlite3_stmt *statement, const int64_t *numbers, int count)
{
	for (int i = 0; i < count; i++)
		(void)sqlite3_bind_int64(statement, i + 1, numbers[i]);
}

static bool put_posting(Blocks *blocks, int64_t block, int64_t term, Posting *posting)
{
	const int64_t count[] = { block / GROUP_BLOCKS, term, posting->added };
	uint8_t stored[BITS_STORED_BYTES];

	(void)sqlite3_bind_int64(blocks->posting_put, 1, block);
	(void)sqlite3_bind_int64(blocks->posting_put, 2, term);
	(void)sqlite3_bind_blob(blocks->posting_put, 3, stored, (int)bits_store(&posting->bits, stored), SQLITE_STATIC);
	bind_numbers(blocks->summary_add, count, G_N_ELEMENTS(count));
	posting->added = 0;
	return step(blocks->posting_put) && step(blocks->summary_add);
}

static bool flush(Blocks *blocks, IndexBlock *block)
{
	const BlockPlace *at = &block->place;
	const int64_t place[] = { at->number, at->rows, at->first_time, at->last_time, at->first_position, at->last_position };
	GHashTableIter iter;
	void *term, *posting;

	if (!block->open || !block->changed)
		return true;
	g_hash_table_iter_init(&iter, block->postings);
	while (g_hash_table_iter_next(&iter, &term, &posting))
		if (((const Posting *)posting)->added && !put_posting(blocks, at->number, *(const int64_t *)term, posting))
			return false;
	bind_numbers(blocks->put, place, G_N_ELEMENTS(place));
	block->stored = true;
	block->changed = false;
	return step(blocks->put);
}

bool blocks_flush(Blocks *blocks)
{
	for (size_t i = 0; i < BLOCKS_OPEN; i++)
		if (!flush(blocks, &blocks->open[i]))
			return false;
	return true;
}

void blocks_forget(Blocks *blocks)
{
	for (size_t i = 0; i < BLOCKS_OPEN; i++) {
		g_hash_table_remove_all(blocks->open[i].postings);
		blocks->open[i].open = false;
	}
}

/* In the place of the lower one that is open: ids grow. */
static IndexBlock *load(Blocks *blocks, int64_t number)
{
	IndexBlock *block = &blocks->open[0];

	for (size_t i = 0; i < BLOCKS_OPEN; i++)
		if (!blocks->open[i].open || (block->open && blocks->open[i].place.number < block->place.number))
			block = &blocks->open[i];
	if (!flush(blocks, block))
		return NULL;
	g_hash_table_remove_all(block->postings);
	block->place = (BlockPlace){ .number = number };
	block->open = block->changed = false;
	(void)sqlite3_bind_int64(blocks->find, 1, number);
	int r = sqlite3_step(blocks->find);
	block->stored = r == SQLITE_ROW;
	if (block->stored)
		block->place = block_place(blocks->find);
	(void)sqlite3_reset(blocks->find);
	block->open = r == SQLITE_ROW || r == SQLITE_DONE;
	return block->open ? block : NULL;
}

IndexBlock *blocks_take(Blocks *blocks, int64_t id, int64_t time_us, int64_t position)
{
	const int64_t number = id / BITS_ROWS;
	IndexBlock *block = NULL;

	for (size_t i = 0; i < BLOCKS_OPEN && !block; i++)
		if (blocks->open[i].open && blocks->open[i].place.number == number)
			block = &blocks->open[i];
	if (!block)
		block = load(blocks, number);
	if (!block)
		return NULL;
	BlockPlace *place = &block->place;
	bool first = !place->rows++;
	place->first_time = first ? time_us : MIN(place->first_time, time_us);
	place->last_time = first ? time_us : MAX(place->last_time, time_us);
	place->first_position = first ? position : MIN(place->first_position, position);
	place->last_position = first ? position : MAX(place->last_position, position);
	block->changed = true;
	return block;
}

/* What the table has already of a term. */
static bool load_posting(Blocks *blocks, const IndexBlock *block, int64_t term, Posting *posting)
{
	const int64_t which[] = { block->place.number, term, term };

	bind_numbers(blocks->posting_find, which, G_N_ELEMENTS(which));
	int r = sqlite3_step(blocks->posting_find);
	bool good = r == SQLITE_DONE || (r == SQLITE_ROW && bits_load(sqlite3_column_blob(blocks->posting_find, 1),
								    (size_t)sqlite3_column_bytes(blocks->posting_find, 1), &posting->bits));
	(void)sqlite3_reset(blocks->posting_find);
	return good;
}

bool block_mark(Blocks *blocks, IndexBlock *block, int64_t id, int64_t term)
{
	Posting *posting = g_hash_table_lookup(block->postings, &term);
	unsigned bit = (unsigned)(id % BITS_ROWS);

	if (!posting) {
		posting = g_new0(Posting, 1);
		if (block->stored && !load_posting(blocks, block, term, posting)) {
			blocks->damaged = true;
			g_free(posting);
			return false;
		}
		g_hash_table_insert(block->postings, g_memdup2(&term, sizeof term), posting);
	}
	if (!bits_has(&posting->bits, bit)) {
		bits_set(&posting->bits, bit);
		posting->added++;
	}
	return true;
}
