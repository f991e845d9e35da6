/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "base/budget.h"

static _Thread_local Budget *current;

void budget_begin(Budget *budget, unsigned seconds)
{
	budget->until_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
	current = budget;
}

void budget_end(void)
{
	current = NULL;
}

bool budget_spend(uint64_t steps)
{
	Budget *budget = current;

	pulse_beat();
	if (!budget)
		return true;
	budget->steps -= MIN(steps, budget->steps);
	if (!budget->steps || atomic_load_explicit(&budget->dropped, memory_order_relaxed) || g_get_monotonic_time() > budget->until_us)
		budget->spent = true;
	return !budget->spent;
}
