/* SPDX-License-Identifier: MIT
 *
 * Where things stand in the text of a JSON object, so that one pair can be put in or taken out and every other byte stays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/* begin == end: not there. */
typedef struct Span {
	size_t begin, end;
} Span;

typedef struct Place {
	size_t open;      /* of the object, behind its { */
	bool empty;       /* the object */
	Span pair, value; /* the key with its value, and the value alone */
	unsigned found;   /* how often the key is there */
} Place;

size_t skip_space(const char *text, size_t at);
/* Behind the value that begins at `at`. */
size_t skip_value(const char *text, size_t at);
/* `key` in the object whose { is at `object`, in a text that json-glib has accepted. */
Place place_find(const char *text, size_t object, const char *key);
/* New texts. */
char *place_replace(const char *text, Span span, const char *with);
/* `pair` as the first of the object, set off like the one that was first. */
char *place_insert(const char *text, const Place *place, const char *pair);
/* An element of a list, or a pair of an object, out of it with the comma that it had. */
char *place_cut(const char *text, Span span);
