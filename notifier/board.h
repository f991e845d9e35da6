/* SPDX-License-Identifier: MIT
 *
 * Which bubbles there are: what folds into one, how many are new in a minute, and when one is to be sent (again).  Knows neither bus nor
 * clock; times are CLOCK_MONOTONIC in µs.  Its size is fixed: what has no room is counted.
 */
#pragma once

#include "base/limits.h"
#include "notifier/news.h"
#include "notifier/settings.h"

typedef struct Bubble {
	News *news; /* the newest; NULL: this place is free */
	char *key, *note;
	unsigned count;
	uint64_t serial; /* never twice: an answer that comes late finds its bubble, or none */
	uint64_t last_us, sent_us;
	uint32_t server_id; /* 0: the server has none of it */
	unsigned offered;   /* actions that were shown: bits of BubbleAction */
	uint64_t said;      /* the decision that was shown */
	bool changed, sending, dismissed;
	bool preparing;     /* what there is to offer is being found out */
	bool busy, settled; /* an action is under way; nothing is left to be done */
} Bubble;

typedef struct Board {
	const Settings *settings;
	Bubble bubbles[LIMIT_NOTIFIER_BUBBLES];
	uint64_t began_us[LIMIT_NOTIFIER_NEW]; /* of the last new bubbles */
	uint64_t serial;
	unsigned hushed;    /* news that the quiet hours kept back */
	NewsSeverity worst; /* of those */
	bool quiet;
} Board;

void board_init(Board *board, const Settings *settings);
void board_clear(Board *board);
/* Takes `news`. */
void board_add(Board *board, News *news, uint64_t now_us);
/* So many were denied, and no more is known of them. */
void board_miss(Board *board, unsigned count, NewsSeverity severity, uint64_t now_us);
/* At the end of the quiet hours what was kept back is told as one. */
void board_set_quiet(Board *board, bool quiet, uint64_t now_us);

/* The bubble that is to be sent now; NULL: none. */
Bubble *board_due(Board *board, uint64_t now_us);
/* When there will be one; UINT64_MAX: not before something happens. */
uint64_t board_next_us(const Board *board, uint64_t now_us);
Bubble *board_find(Board *board, uint64_t serial);
Bubble *board_find_shown(Board *board, uint32_t server_id);

/* What became of a bubble that was sent; server_id 0: nothing. */
void board_sent(Board *board, Bubble *bubble, uint32_t server_id, uint64_t now_us);
void board_closed(Bubble *bubble, bool by_person);
/* What came of an action, on one line and cut; shown at once.  `settled`: there are no more. */
void board_note(Bubble *bubble, const char *note, bool settled);
/* Another server, which knows nothing of the bubbles of the last. */
void board_forget_server(Board *board, uint64_t now_us);
