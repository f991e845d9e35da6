/* SPDX-License-Identifier: MIT
 *
 * Query strings as Go's net/url reads them.
 */
#pragma once

#include "request/request.h"

/* Decoded pairs in order; false for what Go refuses or reads in part (bad escapes, ';', NUL). */
bool query_parse(const char *query, PairList *ret, Arena *arena);
typedef struct QueryWant {
	const char *name;
	const char **value; /* set to "" when absent */
} QueryWant;

/* False when a wanted name is there twice: Go takes the first, others may not. */
bool query_take(const PairList *query, const QueryWant *wants, size_t count);
