/* SPDX-License-Identifier: MIT
 *
 * A pin belongs to one container for good: when Docker has no such container any more, the pin ends.  Docker is asked for nobody but
 * when it has called: where systemd listens for it, a question would start it.  Main thread.
 */
#pragma once

#include "base/worker.h"
#include "core/pin-book.h"
#include "docker/lookups.h"

typedef struct Pinned {
	Lookups *lookups;
	Worker *worker; /* asks the helper */
	const char *socket;
	PinBook *book;
	bool known, asked; /* the helper has said which pins there are; it is being asked */
	bool open;         /* Docker was heard since, and has not been asked what is gone */
	unsigned ticks;    /* since it was */
} Pinned;

/* What ended while nobody listened is looked for whenever Docker's events begin to be heard; what is kept only when removals were allowed
 * meanwhile, because it outlasts a Docker that was started with other data. */
void pinned_start(Pinned *pinned);
/* Now and then: ends are heard of only while Docker's events are, and they are heard while a container has a pin.  A helper that did not
 * answer is asked again: where the machine starts it may come later than the guard. */
void pinned_tick(Pinned *pinned);
void pinned_stop(Pinned *pinned);
