/* SPDX-License-Identifier: MIT
 *
 * All that the helper has: the table with its file, the places, the maps.
 */
#pragma once

#include "base/pin-wire.h"
#include "pin/account.h"
#include "pin/make.h"
#include "pin/place.h"
#include "pin/table.h"

typedef struct PinKeeper {
	const PinDatabases *databases;
	PinTable *table;
	PinPlace place;
	PinMaps *maps;
	char *file;                  /* of the table */
	char *kept_file, *kept_text; /* of those that are kept, and what it says; NULL: there is none */
	bool kept_written;           /* kept_text is what it says */
} PinKeeper;

/* `dir`: of the pins; the table is "DIR.table".  What a helper that ended left behind is put in order: a pin counts when it is in the
 * table and mounted.  Where there is no `dir`, as after a start of the machine, what is kept (the file `kept`) is made again.  0, or a
 * negative errno. */
int pin_keeper_open(PinKeeper *keeper, const PinDatabases *databases, const char *dir, const char *kept);
void pin_keeper_close(PinKeeper *keeper);
/* 0, or a negative errno: the file says what it said before. */
int pin_keeper_save(PinKeeper *keeper);
/* Unmounted, and no longer in the table.  Negative errno: it is kept, and the list of these could not be written. */
int pin_keeper_drop(PinKeeper *keeper, const char *name);
void pin_keeper_expire(PinKeeper *keeper, uint64_t now_us);
/* Those that end with their owner's last login session, when it has ended. */
void pin_keeper_log_out(PinKeeper *keeper);
/* What can be answered at once: all but PIN_MAKE.  `answer` is zeroed but for its number. */
void pin_keeper_answer(PinKeeper *keeper, const PinQuestion *question, PinAnswer *answer);
/* How many are being made: by the user who asks, by all. */
typedef struct PinMaking {
	unsigned own, all;
} PinMaking;

/* False: `answer` says why not.  A place and a map for a new pin. */
bool pin_keeper_prepare(
	PinKeeper *keeper, const PinQuestion *question, PinMaking making, PinAnswer *answer, char *ret_name, int *ret_userns);
/* What came of it: in the table, or cleared away. */
void pin_keeper_finish(PinKeeper *keeper, const PinQuestion *question, const char *name, const PinMade *made, PinAnswer *answer);
