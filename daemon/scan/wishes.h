/* SPDX-License-Identifier: MIT
 *
 * Images that those who decide want scanned, on their way to the main thread.  Any thread.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>
#include "request/request.h"

typedef struct ScanWish {
	char *image_id, *image;
	unsigned scans; /* bits of SCANS_ */
	StringList who; /* whose it may be (core/shares.h) */
} ScanWish;

typedef struct Wishes Wishes;

Wishes *wishes_new(void);
void wishes_free(Wishes *wishes);
void wishes_close(Wishes *wishes); /* takes none any more */
/* False: it is there already, or LIMIT_SCAN_QUEUE are. */
bool wishes_put(Wishes *wishes, const char *image_id, const char *image, unsigned scans, const StringList *who);
ScanWish *wishes_take(Wishes *wishes); /* NULL: none waits */
void wish_free(ScanWish *wish);
