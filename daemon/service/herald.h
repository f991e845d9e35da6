/* SPDX-License-Identifier: MIT
 *
 * Passes on what happened: to the system's journal and to the bus.  Main thread.
 */
#pragma once

#include "bus/bus.h"
#include "service/chronicle.h"

typedef struct Herald {
	WorldCell *cell;
	Chronicle *chronicle;
	Bus *bus;     /* NULL: not yet */
	Policy *last; /* in force when it last spoke of one; NULL: none yet */
} Herald;

void herald_on_notice(const Notice *notice, void *herald);
void herald_on_built(const BuiltTold *told, void *herald);
void herald_on_reload(const ReloadResult *result, void *herald);
void herald_grant_ended(const Grant *grant);
void herald_degraded(const char *audit_dir);
void herald_disk_low(const char *audit_dir, uint64_t free_bytes);
void herald_gap(const char *audit_dir, const char *what);
void herald_clear(Herald *herald);
