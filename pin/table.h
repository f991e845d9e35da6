/* SPDX-License-Identifier: MIT
 *
 * The pins there are, by name; kept in a file that only root reads, so that a helper that starts again knows them.
 */
#pragma once

#include <glib.h>
#include "base/pin-wire.h"

typedef struct PinTable PinTable;

PinTable *pin_table_new(void);
void pin_table_free(PinTable *table); /* NULL is accepted */
size_t pin_table_count(const PinTable *table);
/* Of one user. */
size_t pin_table_count_of(const PinTable *table, uint32_t uid);
/* Takes a copy and gives it its serial. */
const PinItem *pin_table_add(PinTable *table, const PinItem *item);
const PinItem *pin_table_find(const PinTable *table, const char *name);
void pin_table_remove(PinTable *table, const char *name);
/* The next one of `uid` (0: of anybody) behind a serial; NULL: there is none. */
const PinItem *pin_table_next(const PinTable *table, uint32_t uid, uint64_t serial);
/* When its time is over, as long as its state is this: one for a single command has less until a container has it. */
uint64_t pin_table_end(const PinItem *item);
/* One that is bound to this container; NULL: there is none. */
const PinItem *pin_table_of(const PinTable *table, const char *container);
/* One whose time is over; NULL: there is none. */
const PinItem *pin_table_expired(const PinTable *table, uint64_t now_us);
/* When the next one's time is over; UINT64_MAX: there is none. */
uint64_t pin_table_next_end(const PinTable *table);
/* PIN_UNUSED to PIN_TAKEN; false: it is not there, or somebody took it. */
bool pin_table_take(PinTable *table, const char *name, uint64_t token);
/* PIN_TAKEN by `token` to PIN_BOUND; with "" back to PIN_UNUSED, where the token says which create it was.  False: it is not taken by that. */
bool pin_table_bind(PinTable *table, const char *name, uint64_t token, const char *container);

/* As text, and back; false: it is no table, and nothing is in it then.  `flags`: only those that have these; 0: all. */
char *pin_table_print(const PinTable *table, uint32_t flags);
bool pin_table_read(PinTable *table, const char *text);
