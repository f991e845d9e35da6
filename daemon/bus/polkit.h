/* SPDX-License-Identifier: MIT
 *
 * One question to polkit (polkit(8), org.freedesktop.PolicyKit1.Authority.CheckAuthorization).
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

typedef enum PolkitAnswer {
	POLKIT_YES,
	POLKIT_NO,
	POLKIT_CHALLENGE, /* a password would help, but the caller did not allow a dialog */
	POLKIT_NO_AGENT,  /* ... allowed one, but nothing can show it */
	POLKIT_DISMISSED,
	POLKIT_GONE, /* not there, or does not answer */
	POLKIT_COUNT
} PolkitAnswer;

typedef struct PolkitQuestion {
	const char *sender; /* unique name: never used twice, so there is no race as with process ids */
	const char *action;
	const char *policy, *mode, *image, *why; /* details for the dialog's text and for rules; NULL: none */
	bool interactive;
} PolkitQuestion;

typedef void (*PolkitFn)(PolkitAnswer answer, void *data);

/* `done` runs once from the event loop, unless *ret_slot is dropped before.  Negative: not asked. */
int polkit_ask(sd_bus *connection, const PolkitQuestion *question, PolkitFn done, void *data, sd_bus_slot **ret_slot);
