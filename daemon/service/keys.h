/* SPDX-License-Identifier: MIT
 *
 * Files of keys that the policy in force names: another key is another policy, so a changed file is a reload.  Main thread.
 */
#pragma once

#include "base/worker.h"
#include "core/reload.h"

typedef struct KeysWatch {
	Worker *loader;
	Reload *reload;
	bool busy;
	gint64 next_us; /* monotonic */
} KeysWatch;

/* Now and then: looks at those of the policy in force, on the loader's thread. */
void keys_tick(KeysWatch *watch, WorldCell *cell);
