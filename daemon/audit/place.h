/* SPDX-License-Identifier: MIT
 *
 * One record of the trail, by its place.  For one look at the files: what is rotated or removed meanwhile stays readable as it was.
 * One thread at a time.
 */
#pragma once

#include <stddef.h>
#include "audit/segment.h"

typedef struct Places Places;

/* NULL: see errno; ENOENT: nothing was written yet. */
Places *places_new(const char *dir);
void places_free(Places *places); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Places, places_free)

/* The text of the record, free with g_free(); NULL when it does not stand there. */
char *places_read(Places *places, uint64_t id, int64_t position, int64_t length);
/* Where the trail begins now (what is before was removed), and ends now. */
int64_t places_begin(Places *places);
int64_t places_end(Places *places);
/* As trail_walk_print(). */
uint64_t places_print(Places *places, int64_t position);
/* Where the last whole line of the trail in a directory ends now; -1: there is none yet. */
int64_t places_end_of(const char *dir);
/* Where it begins; 0 when there is none yet. */
int64_t places_begin_of(const char *dir);
