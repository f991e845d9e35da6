/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"

#define BLOCK_BYTES 32768u /* an ordinary create fits */
#define ALIGNMENT 16u

typedef struct Block {
	struct Block *next;
	size_t used, size;
	alignas(ALIGNMENT) char data[];
} Block;

struct Arena {
	Block *current; /* newest; the oldest (at the end of the chain) survives a reset */
};

static Block *block_new(size_t size, Block *next)
{
	Block *block = g_malloc(sizeof(Block) + size);
	block->next = next;
	block->used = 0;
	block->size = size;
	return block;
}

Arena *arena_new(void)
{
	Arena *arena = g_new0(Arena, 1);
	arena->current = block_new(BLOCK_BYTES, NULL);
	return arena;
}

void arena_reset(Arena *arena)
{
	while (arena->current->next) {
		Block *older = arena->current->next;
		g_free(arena->current);
		arena->current = older;
	}
	arena->current->used = 0;
}

void arena_free(Arena *arena)
{
	if (!arena)
		return;
	arena_reset(arena);
	g_free(arena->current);
	g_free(arena);
}

static void *arena_take(Arena *arena, size_t size)
{
	size_t need = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

	if (need < size)
		g_error("arena: a size of %zu bytes cannot be had", size);
	if (arena->current->size - arena->current->used < need)
		arena->current = block_new(MAX(need, BLOCK_BYTES), arena->current);
	void *memory = arena->current->data + arena->current->used;
	arena->current->used += need;
	return memory;
}

void *arena_alloc(Arena *arena, size_t size)
{
	void *memory = arena_take(arena, size);
	memset(memory, 0, size);
	return memory;
}

char *arena_bytes(Arena *arena, size_t size)
{
	return arena_take(arena, size);
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
	char *copy = arena_take(arena, length + 1);
	memcpy(copy, text, length);
	copy[length] = 0;
	return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_concat(Arena *arena, const char *first, const char *second)
{
	size_t length = strlen(first), more = strlen(second);
	char *text = arena_take(arena, length + more + 1);

	memcpy(text, first, length);
	memcpy(text + length, second, more);
	text[length + more] = 0;
	return text;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
	char short_text[256]; /* most are */
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(short_text, sizeof short_text, format, arguments);
	va_end(arguments);
	g_assert(length >= 0);
	if ((size_t)length < sizeof short_text)
		return arena_strndup(arena, short_text, (size_t)length);
	char *text = arena_take(arena, (size_t)length + 1);
	va_start(arguments, format);
	(void)vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}
