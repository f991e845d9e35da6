/* SPDX-License-Identifier: MIT
 *
 * Calls that wait for something: that an image has been scanned, that nobody is at a name.  Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "core/lookup.h"
#include "core/shares.h"

typedef struct Waits Waits;
typedef bool (*WaitBusyFn)(const char *what, void *data); /* whether that is still waited for */

Waits *waits_new(void);
void waits_free(Waits *waits);
/* False: none may wait any more, LIMIT_SCAN_WAITS do, or LIMIT_SCAN_WAITS_PER_USER of each who may have asked (core/shares.h): `done` will not run.
 * Else it runs once, on any thread. */
bool waits_add(Waits *waits, const char *what, const StringList *who, int64_t until_us, LookupFn done, void *data);
/* Ends those that are not waited for any more, and those whose time (monotonic) is over.  `busy` is asked with a lock held. */
void waits_look(Waits *waits, WaitBusyFn busy, void *data, int64_t now_us);
/* When the next one's time is over; 0: none waits. */
int64_t waits_next_us(Waits *waits);
/* Ends all, and takes none any more. */
void waits_close(Waits *waits);
