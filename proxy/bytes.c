/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "proxy/bytes.h"

static size_t kept; /* by all of this process */

static void resize(Bytes *bytes, size_t length)
{
	kept = kept - bytes->length + length;
	bytes->at = g_realloc(bytes->at, length); /* 0: free() */
	bytes->length = length;
}

void bytes_add(Bytes *bytes, const void *more, size_t length)
{
	size_t before = bytes->length;

	if (!length)
		return;
	resize(bytes, before + length);
	memcpy(bytes->at + before, more, length);
}

void bytes_drop(Bytes *bytes, size_t length)
{
	if (!length)
		return;
	memmove(bytes->at, bytes->at + length, bytes->length - length);
	resize(bytes, bytes->length - length);
}

void bytes_clear(Bytes *bytes)
{
	resize(bytes, 0);
}

Bytes bytes_split(Bytes *bytes, size_t length)
{
	Bytes first = *bytes, rest = { NULL, 0 };

	bytes_add(&rest, bytes->at + length, bytes->length - length);
	resize(&first, length);
	*bytes = rest;
	return first;
}

bool bytes_are_scarce(void)
{
	return kept > LIMIT_SOCKET_EASY_BYTES;
}

bool bytes_are_full(void)
{
	return kept > LIMIT_SOCKET_KEPT_BYTES;
}

size_t bytes_read_most(void)
{
	return bytes_are_scarce() ? LIMIT_SOCKET_LEAN_BYTES : LIMIT_SOCKET_READ_BYTES;
}
