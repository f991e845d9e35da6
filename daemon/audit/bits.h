/* SPDX-License-Identifier: MIT
 *
 * Which of BITS_ROWS neighbouring ids: what the index keeps of each value.  Stored as a list while they are few, as a map else, and
 * behind a checksum: SQLite sees a page that is broken, not a bit that is.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_ROWS 4096u
#define BITS_WORDS (BITS_ROWS / 64)
#define BITS_STORED_BYTES (4 + BITS_ROWS / 8) /* at most */

typedef struct Bits {
	uint64_t words[BITS_WORDS];
} Bits;

static inline void bits_set(Bits *bits, unsigned at)
{
	bits->words[at / 64] |= UINT64_C(1) << at % 64;
}

static inline bool bits_has(const Bits *bits, unsigned at)
{
	return bits->words[at / 64] >> at % 64 & 1;
}

static inline void bits_drop(Bits *bits, unsigned at)
{
	bits->words[at / 64] &= ~(UINT64_C(1) << at % 64);
}

unsigned bits_count(const Bits *bits);
bool bits_any(const Bits *bits);
void bits_keep(Bits *bits, const Bits *others); /* what is in both */
void bits_add(Bits *bits, const Bits *others);
/* Nothing from `from` on. */
void bits_end(Bits *bits, unsigned from);
/* The highest below `below`; -1: none. */
int bits_last(const Bits *bits, unsigned below);

/* The bytes that were written. */
size_t bits_store(const Bits *bits, uint8_t out[static BITS_STORED_BYTES]);
/* Adds what is stored; false: that is not what bits_store() wrote. */
bool bits_load(const void *data, size_t length, Bits *bits);
