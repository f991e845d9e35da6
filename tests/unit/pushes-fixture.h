/* SPDX-License-Identifier: MIT
 *
 * Who enters while a name is pushed.
 */
#pragma once

#include <glib.h>
#include "core/pushes.h"

static inline void nothing(void *data)
{
	(void)data;
}

/* Enters, or waits, at a time when it is one of these who asks. */
static inline Turn wait_as(Pushes *pushes, const Request *request, const char *names[2])
{
	const StringList who = { names, names[1] ? 2 : !!names[0] };
	const int64_t now = g_get_monotonic_time();
	const PushAsk ask = { request, &who, 0, now };

	return pushes_enter(pushes, &ask, now, nothing, NULL);
}
