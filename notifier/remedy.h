/* SPDX-License-Identifier: MIT
 *
 * Before a denial is shown: whether there is a fixed command.  The service judges the command as it was asked (it must be denied as it
 * was), then the fixed one; only one that it would allow to this user now is offered.  What is not answered soon is shown without.
 */
#pragma once

#include "notifier/guard.h"
#include "notifier/screen.h"

typedef struct Remedy {
	Guard *guard;
	Screen *screen;
} Remedy;

/* True: the bubble waits, at most for twice LIMIT_NOTIFIER_TRIAL_S. */
bool remedy_prepare(Bubble *bubble, Remedy *remedy);
