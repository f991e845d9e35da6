/* SPDX-License-Identifier: MIT
 *
 * One question to polkit (polkit(8), org.freedesktop.PolicyKit1.Authority.CheckAuthorization).
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>
#include "bus/internal.h"

typedef enum PolkitAnswer {
	POLKIT_YES,
	POLKIT_NO,
	POLKIT_CHALLENGE, /* a password would help, but the caller did not allow a dialog */
	POLKIT_NO_AGENT,  /* ... allowed one, but nothing can show it */
	POLKIT_DISMISSED,
	POLKIT_BUSY, /* it was not asked: too many questions are open */
	POLKIT_GONE, /* not there, or does not answer */
	POLKIT_LEFT,      /* it was not asked: the caller is not on the bus any more (writing.h) */
	POLKIT_COUNT
} PolkitAnswer;

typedef struct PolkitQuestion {
	const char *sender; /* unique name: never used twice, so there is no race as with process ids */
	const char *action;
	const Detail *details; /* for the dialog's text and for rules */
	size_t detail_count;
	uint64_t number; /* for polkit_cancel() */
	bool interactive;
} PolkitQuestion;

typedef void (*PolkitFn)(PolkitAnswer answer, void *data);

/* `done` runs once from the event loop, unless *ret_slot is dropped before.  Negative: not asked. */
int polkit_ask(sd_bus *connection, const PolkitQuestion *question, PolkitFn done, void *data, sd_bus_slot **ret_slot);
/* Nobody needs the answer; polkit takes its dialog away and answers. */
void polkit_cancel(sd_bus *connection, uint64_t number);
