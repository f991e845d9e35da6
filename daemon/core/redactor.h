/* SPDX-License-Identifier: MIT
 *
 * Finding credentials in texts that are written down, as those who decide see it; scan/redactor.h stands behind it (sentineld.c connects
 * the two).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef void (*RedactorFound)(void *data, size_t at, size_t length);

typedef struct Redactor {
	void *data;
	/* `found` for each credential in the text.  False: it could not be looked through.  One thread only. */
	bool (*find)(void *data, const char *text, size_t length, RedactorFound found, void *found_data);
} Redactor;
