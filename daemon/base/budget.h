/* SPDX-License-Identifier: MIT
 *
 * What a job on a thread may cost: steps, time, and whether anybody still waits for it.  A job that runs long asks budget_spend() in its
 * loops, and that is also how it shows that it gets on.  A thread without a budget (one that decides, say) has no bound by this.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/pulse.h"

typedef struct Budget {
	uint64_t steps;       /* that are left */
	int64_t until_us;     /* CLOCK_MONOTONIC; set by budget_begin() */
	_Atomic bool dropped; /* nobody waits for it any more; set by any thread */
	bool spent;           /* it was used up, and what the job found is not whole */
	_Atomic uint32_t progress; /* percent and one; 0: not known.  Read by any thread */
} Budget;

/* From here on, on this thread, for at most `seconds`. */
void budget_begin(Budget *budget, unsigned seconds);
void budget_end(void);
/* Progress of `steps`; false: the job must end, as its answer does not count any more. */
bool budget_spend(uint64_t steps);
/* How far the job of this thread is, for who waits for it: `done` of `all` (0: it is not known how many).  Never less than it said before. */
void budget_report(int64_t done, int64_t all);
/* Percent; -1: not known.  Any thread. */
int budget_progress(Budget *budget);
