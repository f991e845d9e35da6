/* SPDX-License-Identifier: MIT
 *
 * Which configuration holds.  config.yaml does, when it says something.  What it leaves out has a default; but a file that is
 * gone or empty, and a default that would let more through than what is in force, are accidents: then what was applied last
 * goes on to hold, also after a new start.  Worker thread or start.
 */
#pragma once

#include "base/worker.h"
#include "core/config.h"

typedef struct Applied {
	const char *config_file, *policies_dir;
	const char *kept;       /* the text that was applied last; NULL: none yet */
	const Policy *in_force; /* NULL: none yet */
} Applied;

/* NULL with an error in `diagnostics`.  *ret_notice: why config.yaml itself does not hold, for people; NULL: it does. */
Config *applied_choose(const Applied *applied, GPtrArray *diagnostics, char **ret_notice);
/* The text of what was applied before this start; NULL: none.  One that cannot be read gives a text that is no configuration. */
char *applied_read(const char *file);
/* Writes it, by and by.  Main thread. */
void applied_keep(Worker *worker, const char *file, const char *text);
