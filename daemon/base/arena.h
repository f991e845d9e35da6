/* SPDX-License-Identifier: MIT
 *
 * Memory for one request: allocate freely, drop all at once.  Not thread-safe; one arena belongs to
 * one thread at a time.  Allocation never fails (it aborts, as GLib does).
 */
#pragma once

#include <stddef.h>
#include <glib.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);  /* NULL is accepted */
void arena_reset(Arena *arena); /* keeps one block for the next request */

void *arena_alloc(Arena *arena, size_t size); /* zeroed, 16-byte aligned */
char *arena_bytes(Arena *arena, size_t size);  /* the same, not zeroed */
char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_strdup(Arena *arena, const char *text); /* NULL gives NULL */
char *arena_concat(Arena *arena, const char *first, const char *second);
char *arena_printf(Arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)
