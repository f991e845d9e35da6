/* SPDX-License-Identifier: MIT
 *
 * A hash of whole literals, of prefixes (by every length that occurs), and for what may stand anywhere
 * of the three bytes of it that are rarest among all patterns.
 */
#include <string.h>
#include "policy/match/text-index.h"
#include "request/list.h"

#define GRAM_BYTES 3u
#define LONGEST_PREFIX 255u
#define SKETCH_SIZE 65536u
#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

typedef struct Item {
	uint64_t hash;
	uint32_t value, next; /* next: index + 1 of the next in the chain; 0: the last */
} Item;

typedef struct Pending {
	TextNeed need;
	uint32_t value;
} Pending;

struct TextIndex {
	Arena *arena;
	struct { Pending *items; size_t count; } pending;
	struct { uint32_t *items; size_t count; } any;
	Item *items;
	uint32_t *heads; /* index + 1 into items */
	size_t item_count, mask;
	uint64_t prefix_lengths[(LONGEST_PREFIX + 64) / 64];
	size_t longest_prefix;
	bool equals, contains;
};

static uint64_t hash_on(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * FNV_PRIME;
	return hash;
}

/* The same text means different things to the three kinds; the last steps spread the low bits. */
static uint64_t salted(uint64_t hash, TextMatch how)
{
	hash ^= (uint64_t)(how + 1) << 56;
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	return hash ^ (hash >> 29);
}

static uint64_t hash_of(const char *text, size_t length, TextMatch how)
{
	return salted(hash_on(FNV_BASIS, text, length), how);
}

TextIndex *text_index_new(Arena *arena)
{
	TextIndex *index = arena_alloc(arena, sizeof *index);

	index->arena = arena;
	return index;
}

void text_index_add(TextIndex *index, TextNeed need, uint32_t value)
{
	Pending pending = { need, value };

	if (need.how == TEXT_BEGINS && need.length > LONGEST_PREFIX)
		pending.need.length = LONGEST_PREFIX;
	bool any = need.how == TEXT_ANY || (need.how == TEXT_CONTAINS && need.length < GRAM_BYTES) || (need.how == TEXT_BEGINS && !need.length);
	if (any)
		LIST_APPEND(index->arena, &index->any, value);
	else
		LIST_APPEND(index->arena, &index->pending, pending);
}

static void put(TextIndex *index, uint64_t hash, uint32_t value)
{
	uint32_t *head = &index->heads[hash & index->mask];

	index->items[index->item_count++] = (Item){ hash, value, *head };
	*head = (uint32_t)index->item_count;
}

static bool needs_grams(const TextIndex *index)
{
	for (size_t i = 0; i < index->pending.count; i++)
		if (index->pending.items[i].need.how == TEXT_CONTAINS)
			return true;
	return false;
}

static void count_grams(const TextIndex *index, uint32_t *sketch)
{
	for (size_t i = 0; i < index->pending.count; i++) {
		const TextNeed *need = &index->pending.items[i].need;
		for (size_t at = 0; need->how == TEXT_CONTAINS && at + GRAM_BYTES <= need->length; at++)
			sketch[hash_of(need->literal + at, GRAM_BYTES, TEXT_CONTAINS) % SKETCH_SIZE]++;
	}
}

static uint64_t rarest_gram(const TextNeed *need, const uint32_t *sketch)
{
	uint64_t best = 0;
	uint32_t least = UINT32_MAX;

	for (size_t at = 0; at + GRAM_BYTES <= need->length; at++) {
		uint64_t hash = hash_of(need->literal + at, GRAM_BYTES, TEXT_CONTAINS);
		if (sketch[hash % SKETCH_SIZE] < least) {
			least = sketch[hash % SKETCH_SIZE];
			best = hash;
		}
	}
	return best;
}

static void place(TextIndex *index, const Pending *pending, const uint32_t *sketch)
{
	const TextNeed *need = &pending->need;

	if (need->how == TEXT_CONTAINS) {
		index->contains = true;
		put(index, rarest_gram(need, sketch), pending->value);
		return;
	}
	if (need->how == TEXT_BEGINS) {
		index->prefix_lengths[need->length / 64] |= UINT64_C(1) << (need->length % 64);
		index->longest_prefix = MAX(index->longest_prefix, need->length);
	}
	index->equals |= need->how == TEXT_EQUALS;
	put(index, hash_of(need->literal, need->length, need->how), pending->value);
}

void text_index_finish(TextIndex *index)
{
	size_t room = 4;

	while (room < index->pending.count * 2)
		room *= 2;
	index->mask = room - 1;
	index->heads = arena_alloc(index->arena, room * sizeof *index->heads);
	index->items = arena_alloc(index->arena, (index->pending.count + 1) * sizeof *index->items);
	const bool grams = needs_grams(index);
	g_autofree uint32_t *sketch = g_new0(uint32_t, grams ? SKETCH_SIZE : 1);
	if (grams)
		count_grams(index, sketch);
	for (size_t i = 0; i < index->pending.count; i++)
		place(index, &index->pending.items[i], sketch);
}

static bool give(const TextIndex *index, uint64_t hash, TextIndexFn each, void *data)
{
	for (uint32_t at = index->heads[hash & index->mask]; at; at = index->items[at - 1].next)
		if (index->items[at - 1].hash == hash && each(index->items[at - 1].value, data))
			return true;
	return false;
}

static bool find_prefixes(const TextIndex *index, const char *text, size_t length, TextIndexFn each, void *data)
{
	uint64_t hash = FNV_BASIS;

	for (size_t i = 0; i < length && i < index->longest_prefix; i++) {
		hash = hash_on(hash, text + i, 1);
		bool occurs = index->prefix_lengths[(i + 1) / 64] & (UINT64_C(1) << ((i + 1) % 64));
		if (occurs && give(index, salted(hash, TEXT_BEGINS), each, data))
			return true;
	}
	return false;
}

static bool find_grams(const TextIndex *index, const char *text, size_t length, TextIndexFn each, void *data)
{
	for (size_t i = 0; i + GRAM_BYTES <= length; i++)
		if (give(index, hash_of(text + i, GRAM_BYTES, TEXT_CONTAINS), each, data))
			return true;
	return false;
}

bool text_index_find(const TextIndex *index, const char *text, size_t length, TextIndexFn each, void *data)
{
	for (size_t i = 0; i < index->any.count; i++)
		if (each(index->any.items[i], data))
			return true;
	if (index->equals && give(index, hash_of(text, length, TEXT_EQUALS), each, data))
		return true;
	if (index->longest_prefix && find_prefixes(index, text, length, each, data))
		return true;
	return index->contains && find_grams(index, text, length, each, data);
}
