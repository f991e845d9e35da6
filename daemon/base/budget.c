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

void budget_report(int64_t done, int64_t all)
{
	Budget *budget = current;

	if (!budget || all <= 0)
		return;
	const uint32_t progress = (uint32_t)(CLAMP(done, 0, all) * 100.0 / (double)all) + 1;
	if (progress > atomic_load_explicit(&budget->progress, memory_order_relaxed))
		atomic_store_explicit(&budget->progress, progress, memory_order_relaxed);
}

int budget_progress(Budget *budget)
{
	return (int)atomic_load_explicit(&budget->progress, memory_order_relaxed) - 1;
}
