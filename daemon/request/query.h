/* SPDX-License-Identifier: MIT
 *
 * Query strings as Go's net/url reads them.
 */
#pragma once

#include "request/request.h"

/* Decoded pairs in order; false for what Go refuses or reads in part (bad escapes, ';', NUL). */
bool query_parse(const char *query, PairList *ret, Arena *arena);
/* The value of `name`, "" when absent.  False when it is there twice: Go takes the first, others may not. */
bool query_get(const PairList *query, const char *name, const char **ret);
