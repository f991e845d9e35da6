/* SPDX-License-Identifier: MIT
 *
 * What is said between sentineld and the helper that makes pins (pin/main.c): SOCK_SEQPACKET, a PinQuestion (with the descriptor of a
 * directory when a pin is to be made), answered by a PinAnswer of the same number.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/limits.h"

#define PIN_SOCKET "/run/sentinel-pin.sock"
#define PIN_DIR "/run/sentinel/pins"
#define PIN_KEPT_FILE "/var/lib/sentinel-pins/kept" /* root's */
#define PIN_NAME_LENGTH 32u      /* hexadecimal digits */
#define PIN_CONTAINER_LENGTH 64u /* the same */

typedef enum PinAsk {
	PIN_MAKE, /* with a descriptor: uid, map, flags, seconds; 0 for PIN_KEEP, and only for that */
	PIN_DROP, /* name, uid: its owner's, or 0 for anybody's */
	PIN_LIST, /* uid (0: everybody's), cursor: those with a larger serial */
	PIN_LOOK, /* name */
	PIN_TAKE, /* name, token: a container is about to be made with it */
	PIN_BIND, /* name, token, container: which one that was; "" : none was made, it is unused again */
	PIN_END,  /* container: there is no such one any more, and so none of its pins */
	PIN_ASK_COUNT
} PinAsk;

/* Who of the container is whom on disk. */
typedef enum PinMap {
	PIN_MAP_SELF,   /* uid and gid 0 are the owner */
	PIN_MAP_SUBUID, /* ... and 1 to LIMIT_PIN_RANGE a range of theirs (subuid(5)) */
	PIN_MAP_COUNT
} PinMap;

enum {
	PIN_READ_ONLY = 1 << 0,
	PIN_KEEP = 1 << 1,    /* until it is dropped, over the ends of sessions and machines */
	PIN_SESSION = 1 << 2, /* its owner was logged in: it ends when the last session does */
	PIN_ABSENT = 1 << 3,  /* in a list: it is kept, but was not made again when the machine started */
	PIN_ONCE = 1 << 4,    /* for one command: it ends soon when no container has it */
	PIN_ASKED_FLAGS = PIN_READ_ONLY | PIN_KEEP | PIN_ONCE, /* what a question may say */
	PIN_STORED_FLAGS = PIN_ASKED_FLAGS | PIN_SESSION,
};
#define PIN_ENDLESS UINT64_MAX /* the end of what is kept */

typedef enum PinState {
	PIN_UNUSED, /* nobody but its owner has seen its name */
	PIN_TAKEN,  /* a container is being made with it */
	PIN_BOUND,  /* it is that container's, for good */
	PIN_STATE_COUNT
} PinState;

typedef enum PinResult {
	PIN_OK,
	PIN_REFUSED,   /* what is wrong with the directory or the question */
	PIN_NOT_FOUND, /* no such pin, or another user's */
	PIN_FULL,      /* a quota */
	PIN_FAILED,    /* the system said no */
	PIN_RESULT_COUNT
} PinResult;

typedef struct PinQuestion {
	uint32_t number, ask, uid, map, flags, unused;
	uint64_t seconds, cursor, token;
	char name[PIN_NAME_LENGTH + 8];           /* NUL-terminated, as the other texts */
	char container[PIN_CONTAINER_LENGTH + 8];
} PinQuestion;

typedef struct PinItem {
	uint64_t serial;     /* grows with each pin */
	uint64_t made_us, expires_us; /* since the epoch */
	uint64_t device, inode; /* of the directory: its file system, and the number in it */
	uint64_t token;      /* PIN_TAKEN: of who took it; PIN_UNUSED: of the create that had it and made no container, 0: none */
	uint32_t uid, map, flags, state;
	char name[PIN_NAME_LENGTH + 8];
	char container[PIN_CONTAINER_LENGTH + 8]; /* PIN_BOUND */
	char origin[LIMIT_PIN_ORIGIN_BYTES];      /* where it was when it was pinned, for people; cut when it is longer */
} PinItem;

/* In a packet it ends behind the last item. */
typedef struct PinAnswer {
	uint32_t number, result, count, unused;
	char text[LIMIT_PIN_TEXT_BYTES]; /* why not, for people; "" : nothing to say */
	PinItem items[LIMIT_PIN_ITEMS];
} PinAnswer;

static inline size_t pin_answer_size(const PinAnswer *answer)
{
	return offsetof(PinAnswer, items) + answer->count * sizeof answer->items[0];
}

/* Whether a text is exactly `length` digits of the kind that names and containers' ids are written with. */
static inline bool pin_is_hex(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
			return false;
	return text[length] == '\0';
}

/* None that nobody knows, and none that lasts for one command and for good. */
static inline bool pin_flags_valid(uint32_t flags, uint32_t known)
{
	return !(flags & ~known) && (flags & (PIN_KEEP | PIN_ONCE)) != (PIN_KEEP | PIN_ONCE);
}
