/* SPDX-License-Identifier: MIT
 *
 * One grant, for the book that keeps them.
 */
#pragma once

#include "core/grant.h"

Grant *grant_copy(Grant *grant);
/* As a group of the book's file, and back; NULL with an error when that cannot be read. */
void grant_put(GKeyFile *file, Grant *grant);
Grant *grant_get(GKeyFile *file, const char *group, GError **error);
/* Whether it lets the denied request through. */
bool grant_fits(const Grant *grant, const Request *request, const Decision *decision, const char *user, int64_t now_us);
/* The id of what the request goes on with, which a grant may have made: a container that is attached to or started, an exec; "": nothing. */
const char *grant_made(const Request *request);
/* Whether it does so for a container that it made, which may be attached to, and started once; or for an exec, which may be started. */
bool grant_is_bound(const Grant *grant, const Request *request);
/* Its containers without `id`, and with `more` unless that is NULL. */
void grant_rebind(Grant *grant, const char *id, const char *more);
