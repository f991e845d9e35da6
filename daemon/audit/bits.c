/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "audit/bits.h"

#define MAP_BYTES (BITS_ROWS / 8)
#define CHECK_BYTES 4u
#define FNV_BASIS UINT64_C(14695981039346656037) /* the numbers of FNV-1a, 64 bits */
#define FNV_PRIME UINT64_C(1099511628211)

unsigned bits_count(const Bits *bits)
{
	unsigned count = 0;

	for (size_t i = 0; i < BITS_WORDS; i++)
		count += (unsigned)__builtin_popcountll(bits->words[i]);
	return count;
}

bool bits_any(const Bits *bits)
{
	for (size_t i = 0; i < BITS_WORDS; i++)
		if (bits->words[i])
			return true;
	return false;
}

void bits_keep(Bits *bits, const Bits *others)
{
	for (size_t i = 0; i < BITS_WORDS; i++)
		bits->words[i] &= others->words[i];
}

void bits_add(Bits *bits, const Bits *others)
{
	for (size_t i = 0; i < BITS_WORDS; i++)
		bits->words[i] |= others->words[i];
}

void bits_end(Bits *bits, unsigned from)
{
	for (unsigned i = 0; i < BITS_WORDS; i++) {
		if (i * 64 >= from)
			bits->words[i] = 0;
		else if (from - i * 64 < 64)
			bits->words[i] &= (UINT64_C(1) << (from - i * 64)) - 1;
	}
}

int bits_last(const Bits *bits, unsigned below)
{
	for (int i = (int)((below + 63) / 64) - 1; i >= 0; i--) {
		uint64_t word = bits->words[i];
		if (below - (unsigned)i * 64 < 64)
			word &= (UINT64_C(1) << (below - (unsigned)i * 64)) - 1;
		if (word)
			return i * 64 + 63 - __builtin_clzll(word);
	}
	return -1;
}

/* Eight bytes at a time, FNV's way: it must be fast more than it must be good. */
static uint32_t check_of(const uint8_t *data, size_t length)
{
	uint64_t check = FNV_BASIS ^ length, word;

	for (; length; data += MIN(length, sizeof word), length -= MIN(length, sizeof word)) {
		word = 0;
		memcpy(&word, data, MIN(length, sizeof word));
		check = (check ^ GUINT64_FROM_LE(word)) * FNV_PRIME;
		check ^= check >> 32;
	}
	return (uint32_t)check;
}

static void store_map(const Bits *bits, uint8_t *at)
{
	for (size_t i = 0; i < BITS_WORDS; i++, at += sizeof(uint64_t)) {
		const uint64_t word = GUINT64_TO_LE(bits->words[i]);
		memcpy(at, &word, sizeof word);
	}
}

static void store_list(const Bits *bits, uint8_t *at)
{
	for (unsigned i = 0; i < BITS_WORDS; i++) {
		for (uint64_t word = bits->words[i]; word; word &= word - 1) {
			unsigned bit = i * 64 + (unsigned)__builtin_ctzll(word);
			*at++ = (uint8_t)(bit & 0xff);
			*at++ = (uint8_t)(bit >> 8);
		}
	}
}

size_t bits_store(const Bits *bits, uint8_t out[static BITS_STORED_BYTES])
{
	const unsigned count = bits_count(bits);
	const bool few = count * 2 < MAP_BYTES;
	const size_t length = few ? (size_t)count * 2 : MAP_BYTES;

	if (few)
		store_list(bits, out + CHECK_BYTES);
	else
		store_map(bits, out + CHECK_BYTES);
	const uint32_t check = GUINT32_TO_LE(check_of(out + CHECK_BYTES, length));
	memcpy(out, &check, CHECK_BYTES);
	return CHECK_BYTES + length;
}

static bool load_list(const uint8_t *at, size_t length, Bits *bits)
{
	for (size_t i = 0; i < length; i += 2) {
		unsigned bit = at[i] | (unsigned)at[i + 1] << 8;
		if (bit >= BITS_ROWS)
			return false;
		bits_set(bits, bit);
	}
	return true;
}

bool bits_load(const void *data, size_t length, Bits *bits)
{
	const uint8_t *at = data;
	uint32_t check;

	if (!at || length < CHECK_BYTES || length > BITS_STORED_BYTES || length % 2)
		return false;
	memcpy(&check, at, CHECK_BYTES);
	at += CHECK_BYTES;
	length -= CHECK_BYTES;
	if (GUINT32_FROM_LE(check) != check_of(at, length))
		return false;
	if (length < MAP_BYTES)
		return load_list(at, length, bits);
	for (size_t i = 0; i < BITS_WORDS; i++, at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, at, sizeof word);
		bits->words[i] |= GUINT64_FROM_LE(word);
	}
	return true;
}
