/* SPDX-License-Identifier: MIT
 *
 * What is said between sentineld and who writes policies for it (helper/write.c): SOCK_STREAM, a connection for each change.  A
 * WriteQuestion with its texts behind it, then one byte a step; each step is answered by a WriteAnswer.
 */
#pragma once

#include <stdint.h>
#include "base/limits-write.h"

#define WRITE_SOCKET "/run/sentinel-write.sock"

/* The whole list of what can be written. */
typedef enum WriteKind {
	WRITE_USE,         /* config.yaml: active_policy */
	WRITE_POLICY,      /* policies/NAME.yaml */
	WRITE_ADOPT,       /* both, if that does not let more through */
	WRITE_ADOPT_LAXER, /* both */
	WRITE_DELETE,      /* policies/NAME.yaml, unless it is in force */
	WRITE_TEMPLATE,    /* a template of ours that is not there: nobody need ask */
	WRITE_CONFIG,      /* the default config.yaml, when there is none: likewise */
	WRITE_KIND_COUNT
} WriteKind;

typedef enum WriteStep {
	WRITE_ASK = 'a',    /* polkit is asked whether the caller may */
	WRITE_COMMIT = 'c', /* it is written */
	WRITE_UNDO = 'u',   /* what was there before is put back */
} WriteStep;

enum {
	WRITE_INTERACTIVE = 1 << 0, /* polkit may show a dialog */
	WRITE_MATTERS = 1 << 1,     /* it is of what is in force, whatever the files say */
	WRITE_KNOWN_FLAGS = WRITE_INTERACTIVE | WRITE_MATTERS,
};

/* The first ones are polkit's answers, in the order of bus/polkit.h. */
typedef enum WriteResult {
	WRITE_YES,
	WRITE_NO,
	WRITE_CHALLENGE,
	WRITE_NO_AGENT,
	WRITE_DISMISSED,
	WRITE_BUSY,
	WRITE_GONE,
	WRITE_LEFT,        /* no connection to the bus has this name */
	WRITE_FAILED,      /* code and text say why */
	WRITE_RESULT_COUNT
} WriteResult;

/* What polkit was asked for. */
typedef enum WriteRight { WRITE_RIGHT_MANAGE, WRITE_RIGHT_DELETE, WRITE_RIGHT_RELAX, WRITE_RIGHT_COUNT } WriteRight;

typedef struct WriteQuestion {
	uint32_t kind, flags;
	uint32_t sender, name, why, text; /* how long these are, which follow in this order; `why`: what it would let through, as the service knows it */
} WriteQuestion;

typedef struct WriteAnswer {
	uint32_t result, right;
	int32_t code; /* SentinelError */
	char text[LIMIT_WRITE_TEXT_BYTES];
} WriteAnswer;
