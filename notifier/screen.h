/* SPDX-License-Identifier: MIT
 *
 * The session bus: what shows the bubbles of a board (org.freedesktop.Notifications), and what people do with them.  Whatever shows them
 * may be absent, slow, replaced, or lie: it gets one call at a time for each bubble, and nothing it says leads to more than an offered
 * action.
 */
#pragma once

#include <systemd/sd-event.h>
#include "notifier/board.h"
#include "notifier/peer.h"

/* Bits. */
typedef enum BubbleAction { ACTION_WHY = 1, ACTION_ALLOW = 2, ACTION_COPY = 4, ACTION_SHOW = 8 } BubbleAction;

typedef struct Screen {
	sd_bus *bus;
	Board *board;
	Peer server;
	sd_event_source *timer;
	sd_bus_slot *asked, *matches[2]; /* capabilities */
	bool known;                      /* what the server can do */
	bool body, markup, actions;
	unsigned generation;                                            /* of the server */
	bool (*prepare)(Bubble *bubble, void *data);                    /* true: it waits until `preparing` is false again (screen_wake) */
	unsigned (*offers)(const News *news, void *data);               /* actions that there are for it */
	void (*acted)(Bubble *bubble, BubbleAction action, void *data); /* a person chose an offered one */
	void *data;
} Screen;

/* Takes over what is set of `screen`: bus, board, prepare, offers, acted, data.  Negative errno. */
int screen_start(Screen *screen, sd_event *event);
void screen_stop(Screen *screen);
/* Something is (or may be) to be shown. */
void screen_wake(Screen *screen);
