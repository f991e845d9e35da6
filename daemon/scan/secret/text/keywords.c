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
	uint16_t *table;   /* [state * classes + class] */
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

/* The tree of all words; 0 is the root, and in the tree no way leads back to it. */
static void plant(Keywords *keywords)
{
	keywords->states = 1;
	for (size_t i = 0; i < keywords->count; i++) {
		Word *word = &keywords->items[i];
		uint16_t state = 0;
		for (const char *at = word->text; *at; at++) {
			uint16_t *way = &keywords->table[state * keywords->classes + keywords->class_of[(unsigned char)*at]];
			if (!*way)
				*way = (uint16_t)keywords->states++;
			state = *way;
		}
		word->next = keywords->words[state];
		keywords->words[state] = (uint32_t)i + 1;
	}
}

/* In the order of their depth, each state takes what its suffix does wherever the tree has no way. */
static void link_suffixes(Keywords *keywords)
{
	const size_t classes = keywords->classes;
	uint16_t *queue = arena_alloc(keywords->arena, keywords->states * sizeof *queue);
	size_t from = 0, to = 1;

	for (; from < to; from++) {
		const uint16_t state = queue[from], suffix = keywords->suffix[state];
		for (size_t class = 1; class < classes; class++) {
			uint16_t *way = &keywords->table[state * classes + class];
			const uint16_t other = state ? keywords->table[suffix * classes + class] : 0;
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
	for (size_t i = 0; i < keywords->states * keywords->classes; i++) {
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
	keywords->table = arena_alloc(keywords->arena, most * keywords->classes * sizeof *keywords->table);
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
	const size_t classes = keywords->classes;
	uint16_t way = 0;

	for (size_t i = 0; i < length; i++) {
		way = table[(way & STATE) * classes + keywords->class_of[(unsigned char)text[i]]];
		if ((way & OUTPUT) && !give(keywords, way & STATE, i + 1, each, data))
			return;
	}
}
