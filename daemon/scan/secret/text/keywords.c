/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/list.h"
#include "scan/secret/text/keywords.h"

#define BYTES 256u
#define OUTPUT 0x8000u /* in a transition: a word ends there */
#define STATE 0x7fffu

typedef struct Word {
	const char *text;
	size_t length;
	uint32_t value, next; /* next: index + 1 of the next word that ends in the same state */
} Word;

struct Keywords {
	Arena *arena;
	Word *items;
	size_t count;
	uint8_t class_of[BYTES]; /* 0: in no word */
	size_t classes, states;
	unsigned shift;    /* a row of the table has so many bits of room for the classes */
	uint16_t *table;   /* [state << shift | class] */
	uint16_t *suffix;  /* the state of the longest suffix that some word begins with */
	uint16_t *shorter; /* the next state of the chain of suffixes in which a word ends; 0: none */
	uint32_t *words;   /* index + 1 of the first word that ends in a state */
};

Keywords *keywords_new(Arena *arena)
{
	Keywords *keywords = arena_alloc(arena, sizeof *keywords);

	keywords->arena = arena;
	return keywords;
}

void keywords_add(Keywords *keywords, const char *word, uint32_t value)
{
	const Word item = { word, strlen(word), value, 0 };

	g_assert(item.length > 0);
	LIST_APPEND(keywords->arena, keywords, item);
}

static void number_classes(Keywords *keywords)
{
	keywords->classes = 1;
	for (size_t i = 0; i < keywords->count; i++)
		for (const char *at = keywords->items[i].text; *at; at++) {
			uint8_t *class = &keywords->class_of[(unsigned char)*at];
			if (!*class)
				*class = (uint8_t)keywords->classes++;
			keywords->class_of[(unsigned char)g_ascii_toupper(*at)] = *class;
		}
}

/* The tree of all words; 0 is the root, and in the tree no way leads back to it.  By depth: the states that a text is mostly in stand together. */
static void plant(Keywords *keywords)
{
	uint16_t *reached = arena_alloc(keywords->arena, (keywords->count + 1) * sizeof *reached);
	size_t left = keywords->count;

	keywords->states = 1;
	for (size_t depth = 0; left; depth++)
		for (size_t i = 0; i < keywords->count; i++) {
			Word *word = &keywords->items[i];
			if (depth > word->length)
				continue;
			if (depth == word->length) {
				word->next = keywords->words[reached[i]];
				keywords->words[reached[i]] = (uint32_t)i + 1;
				left--;
				continue;
			}
			uint16_t *way = &keywords->table[((size_t)reached[i] << keywords->shift) + keywords->class_of[(unsigned char)word->text[depth]]];
			if (!*way)
				*way = (uint16_t)keywords->states++;
			reached[i] = *way;
		}
}

/* In the order of their depth, each state takes what its suffix does wherever the tree has no way. */
static void link_suffixes(Keywords *keywords)
{
	const size_t classes = keywords->classes;
	const unsigned shift = keywords->shift;
	uint16_t *queue = arena_alloc(keywords->arena, keywords->states * sizeof *queue);
	size_t from = 0, to = 1;

	for (; from < to; from++) {
		const uint16_t state = queue[from], suffix = keywords->suffix[state];
		for (size_t class = 1; class < classes; class++) {
			uint16_t *way = &keywords->table[((size_t)state << shift) + class];
			const uint16_t other = state ? keywords->table[((size_t)suffix << shift) + class] : 0;
			if (!*way) {
				*way = other;
				continue;
			}
			keywords->suffix[*way] = other;
			keywords->shorter[*way] = keywords->words[other] ? other : keywords->shorter[other];
			queue[to++] = *way;
		}
	}
}

static void mark_outputs(Keywords *keywords)
{
	for (size_t i = 0; i < keywords->states << keywords->shift; i++) {
		const uint16_t state = keywords->table[i];
		if (keywords->words[state] || keywords->shorter[state])
			keywords->table[i] = (uint16_t)(state | OUTPUT);
	}
}

void keywords_finish(Keywords *keywords)
{
	size_t most = 1;

	for (size_t i = 0; i < keywords->count; i++)
		most += keywords->items[i].length;
	g_assert(most <= STATE);
	number_classes(keywords);
	while ((size_t)1 << keywords->shift < keywords->classes)
		keywords->shift++;
	keywords->table = arena_alloc(keywords->arena, (most << keywords->shift) * sizeof *keywords->table);
	keywords->suffix = arena_alloc(keywords->arena, most * sizeof *keywords->suffix);
	keywords->shorter = arena_alloc(keywords->arena, most * sizeof *keywords->shorter);
	keywords->words = arena_alloc(keywords->arena, most * sizeof *keywords->words);
	plant(keywords);
	link_suffixes(keywords);
	mark_outputs(keywords);
}

static bool give(const Keywords *keywords, uint16_t state, size_t end, KeywordFn each, void *data)
{
	for (; state; state = keywords->shorter[state])
		for (uint32_t at = keywords->words[state]; at; at = keywords->items[at - 1].next)
			if (!each(keywords->items[at - 1].value, end, keywords->items[at - 1].length, data))
				return false;
	return true;
}

void keywords_find(const Keywords *keywords, const char *text, size_t length, KeywordFn each, void *data)
{
	const uint16_t *table = keywords->table;
	const uint8_t *class_of = keywords->class_of;
	const unsigned shift = keywords->shift;
	uint16_t way = 0;

	for (size_t i = 0; i < length; i++) {
		way = table[((size_t)(way & STATE) << shift) + class_of[(unsigned char)text[i]]];
		if ((way & OUTPUT) && !give(keywords, way & STATE, i + 1, each, data))
			return;
	}
}
