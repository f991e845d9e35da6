/* SPDX-License-Identifier: MIT
 *
 * The judge's door: where proxies ask whether a call that came to a socket may be made (base/judge-wire.h).  It is judged as one of the plugin's, by the same policy and
 * into the same trail, but who asks is certain and every body is there.  A thread of its own.  Started and stopped by main.
 */
#pragma once

#include "authz/plugin.h"

typedef struct Judge Judge;

/* What a judge has for itself is in `plugin`: view, pinning and redactor are of its thread alone, and it has no identity.  Listens at `path`, for the user of the proxies,
 * root and its own. */
Judge *judge_start(const Plugin *plugin, const char *path, GError **error);
/* After what is asked of Docker was answered (lookups_stop()). */
void judge_stop(Judge *judge); /* NULL is accepted */
