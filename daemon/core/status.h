/* SPDX-License-Identifier: MIT
 *
 * Counters and health, written by the deciding threads, read by the bus.  Lock-free.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* How well it is known who asks on Docker's Unix socket, at the last call that changes something. */
typedef enum IdentityState {
	IDENTITY_UNTRIED,
	IDENTITY_PROVEN,   /* everything that Docker holds could be seen */
	IDENTITY_UNPROVEN, /* only who is connected in Docker's network: never certain */
	IDENTITY_SHARED,   /* calls outlive their connections: never certain */
	IDENTITY_BLIND,    /* the kernel does not say */
} IdentityState;

typedef struct Status {
	_Atomic uint64_t allowed, denied, warned;
	_Atomic uint64_t asked_first_us, asked_last_us; /* CLOCK_REALTIME, since the start; 0: nothing was asked */
	_Atomic bool audit_down; /* the last append to the journal failed */
	_Atomic bool disk_low;   /* it will, when the disk goes on to fill */
	_Atomic uint64_t audit_write_errors; /* decisions that could not be written down */
	struct Metrics *metrics; /* core/metrics.h; NULL: nobody counts.  Set before the threads start */
	_Atomic IdentityState identity;
} Status;

static inline void status_asked(Status *status, uint64_t now_us)
{
	uint64_t never = 0;

	if (!atomic_load_explicit(&status->asked_first_us, memory_order_relaxed))
		(void)atomic_compare_exchange_strong(&status->asked_first_us, &never, now_us);
	atomic_store_explicit(&status->asked_last_us, now_us, memory_order_relaxed);
}
