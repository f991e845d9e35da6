/* SPDX-License-Identifier: MIT
 *
 * Counters and health, written by the deciding threads, read by the bus.  Lock-free.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Status {
	_Atomic uint64_t allowed, denied, warned;
	_Atomic bool audit_down; /* the last append to the journal failed */
} Status;
