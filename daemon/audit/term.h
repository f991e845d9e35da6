/* SPDX-License-Identifier: MIT
 *
 * A value that records have in common, as a number: the kind above, a serial number below.  Of texts the table `term` has the number;
 * hours and scores are their own.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

typedef enum TermKind {
	TERM_ROW,
	TERM_DECISION,
	TERM_USER,
	TERM_IMAGE,
	TERM_RULE,
	TERM_COMMAND,
	TERM_HOUR,
	TERM_SCORE,
	TERM_EVENT, /* rows of administrative events; TERM_ROW are decisions */
	TERM_ACTOR, /* their users */
	TERM_DEED,  /* their endpoints */
	TERM_FOLDED, /* reads that one line stands for: the bits of their number that are set */
	TERM_COUNT
} TermKind;

#define TERM_SERIAL_BITS 32
#define TERM_LAST_SERIAL ((INT64_C(1) << TERM_SERIAL_BITS) - 1)
#define TERM(kind, serial) ((int64_t)(kind) << TERM_SERIAL_BITS | (int64_t)(serial))

/* Of a writer; one thread. */
typedef struct TermBook {
	sqlite3_stmt *find, *add;
	GHashTable *known; /* "kind:value" -> int64_t */
} TermBook;

bool term_book_open(TermBook *book, sqlite3 *handle);
void term_book_close(TermBook *book);
/* What was added since may be gone: a transaction was rolled back, or old values were removed. */
void term_book_forget(TermBook *book);
/* Of a text; a new one is added.  -1: the database says no. */
int64_t term_book_take(TermBook *book, TermKind kind, const char *value);
/* Of a number that stands for itself. */
int64_t term_number(TermKind kind, int64_t number);
