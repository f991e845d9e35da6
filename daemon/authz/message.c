/* SPDX-License-Identifier: MIT */
#include <malloc.h>
#include <string.h>
#include <glib.h>
#include "authz/message.h"
#include "base/limits.h"

#define FIRST_BYTES ((size_t)4096)
#define SPARE_BYTES ((size_t)32 * 1024)
#define FLOOD_BYTES ((size_t)LIMIT_MESSAGES_BYTES / 4)
#define EBB_BYTES ((size_t)1024 * 1024)

static size_t held; /* by all messages */
static bool flooded;

static void resize(Incoming *message, size_t size)
{
	held += size - message->size;
	message->size = size;
	message->data = g_realloc(message->data, size);
	flooded |= held > FLOOD_BYTES;
}

/* What was freed is the C library's still: after a flood it goes back to the system (malloc_trim(3)). */
static void ebb(void)
{
	if (!flooded || held > EBB_BYTES)
		return;
	flooded = false;
	(void)malloc_trim(0);
}

void message_clear(Incoming *message)
{
	held -= message->size;
	g_free(message->data);
	*message = (Incoming){ 0 };
	ebb();
}

static void refuse(Incoming *message)
{
	message_clear(message);
	message->too_large = true;
}

void message_take(Incoming *message, const char *data, size_t length)
{
	size_t needed = message->length + length;

	if (message->too_large)
		return;
	if (needed > LIMIT_MESSAGE_BYTES) {
		refuse(message);
		return;
	}
	if (needed > message->size) {
		size_t size = CLAMP(message->size * 2, MAX(needed, FIRST_BYTES), MAX(needed, (size_t)LIMIT_MESSAGE_BYTES));
		if (size > LIMIT_MESSAGE_SMALL_BYTES && held + size - message->size > LIMIT_MESSAGES_BYTES) {
			refuse(message);
			return;
		}
		resize(message, size);
	}
	memcpy(message->data + message->length, data, length);
	message->length = needed;
}

bool message_reuse(Incoming *message)
{
	message->length = 0;
	message->too_large = false;
	return message->size <= SPARE_BYTES;
}
