/* SPDX-License-Identifier: MIT
 *
 * Words: runs of ASCII letters and digits (in any case) and of all that is not ASCII, as SQLite's FTS5 takes them by its tokenizer "ascii".
 * The text index has those of each record in a table of its own for WORDS_PART_IDS ids, so that old ones go away as a whole.  It is filled
 * behind the rows; what it does not have yet is read from the trail itself.
 */
#pragma once

#include <sqlite3.h>
#include "audit/bits.h"
#include "audit/line.h"

#define WORDS_PART_BITS 20
#define WORDS_PART_IDS (INT64_C(1) << WORDS_PART_BITS)

/* Whether `text` has a word at all. */
bool words_any(const char *text);
/* Whether every word of `wanted` is one of the record's; behind "*" one that begins so is enough. */
bool words_match(const AuditLine *line, const char *wanted);

/* One writer; between begin and commit of the database. */
typedef struct WordsWriter {
	sqlite3 *handle;
	sqlite3_stmt *add;
	int64_t part; /* that `add` is for; -1: none */
} WordsWriter;

bool words_add(WordsWriter *writer, const AuditLine *line);
void words_writer_close(WordsWriter *writer);
/* Removes the tables of which nothing is left from `id` on. */
bool words_prune(sqlite3 *handle, int64_t id);

/* One question; blocks from the highest down. */
typedef struct WordsSearch {
	sqlite3 *handle;
	char *expression; /* of FTS5 */
	int64_t part;     /* -1: none */
	sqlite3_stmt *hits;
	int64_t next; /* the highest id that may be a hit and was not taken; -1: none */
	bool absent;  /* there is no table for the part */
} WordsSearch;

void words_search_begin(WordsSearch *search, sqlite3 *handle, const char *wanted);
void words_search_end(WordsSearch *search);
/* The hits in a block.  An SQLite result code, SQLITE_OK. */
int words_search(WordsSearch *search, int64_t block, Bits *ret);
/* The statement that the hits come from, for `part`. */
char *words_hits_sql(int64_t part);
