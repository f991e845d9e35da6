/* SPDX-License-Identifier: MIT
 *
 * What people can do from a bubble.  Nothing is allowed here: polkit asks for an administrator, and what came of it is said in the same
 * bubble.
 */
#pragma once

#include "notifier/guard.h"
#include "notifier/remedy.h"
#include "notifier/screen.h"

typedef struct Actions {
	Board *board;
	Screen *screen;
	Guard *guard;
	Remedy remedy;
	uint64_t shown_us; /* when a terminal was opened last */
} Actions;

bool actions_prepare(Bubble *bubble, void *actions);
unsigned actions_offered(const News *news, void *actions);
void actions_run(Bubble *bubble, BubbleAction action, void *actions);
