/* SPDX-License-Identifier: MIT
 *
 * The sockets that a process holds, from /proc/PID/fd (proc(5)).  To see those of another user's process
 * takes CAP_SYS_PTRACE (and CAP_DAC_READ_SEARCH), which helper/witness.c has, so that sentineld need not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/limits.h"

#define HELD_SOCKET "/run/sentinel-witness.sock" /* SOCK_SEQPACKET: a HeldQuestion, answered by a HeldAnswer */

typedef enum HeldKind {
	HELD_UNIX,     /* a Unix socket; a stream when the kernel says so */
	HELD_HARMLESS, /* nobody can ask an API through it */
	HELD_OTHER,    /* a way in that is no Unix socket */
} HeldKind;

typedef struct HeldSocket {
	uint32_t ino, kind;
} HeldSocket;

typedef struct HeldQuestion {
	int32_t pid;
	uint32_t number; /* comes back in the answer */
} HeldQuestion;

/* In a packet it ends behind the last item. */
typedef struct HeldAnswer {
	uint32_t number, known; /* known 0: it could not be seen, or there are too many */
	uint32_t uid;           /* the process's */
	uint32_t count;
	HeldSocket items[LIMIT_LOOK_HELD];
} HeldAnswer;

/* Says `known` 0 when not all of it can be seen.  Any thread. */
void held_look(pid_t pid, HeldAnswer *ret);
/* The bytes of an answer that count. */
size_t held_size(const HeldAnswer *answer);
