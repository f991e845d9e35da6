/* SPDX-License-Identifier: MIT
 *
 * The service's own hand: what it keeps for itself (verdicts of scans, grants) ends with a line that only who has its key can write
 * (HMAC-SHA256).  The key is a file of the service's beside the audit trail, which policies block.  Somebody who can write where such
 * a file lies, as a container that has the cache bound into it, makes nothing that counts.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/* Once, before other threads begin: reads `file` or makes it, 0600.  Without a key that can be kept one of this process is used:
 * what was kept before does not count, what is kept now will not after the next start. */
bool seal_open(const char *file, GError **error);
/* `text` with the line behind it; freed by the caller.  `purpose`: what it is ("verdict"): one is never taken for another.  Any thread. */
char *seal_put(const char *purpose, const char *text, size_t length, size_t *ret_length);
/* Whether the line is there and right; `length` is then that of the text before it.  Any thread. */
bool seal_check(const char *purpose, const char *text, size_t *length);
