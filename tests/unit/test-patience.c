/* SPDX-License-Identifier: MIT
 *
 * Calls that wait until it is certain who asks: how many may, and that each is told once.
 */
#include <stdatomic.h>
#include "authz/patience.h"
#include "base/limits.h"

#define ALICE 1001u
#define BOB 1002u

static Parked *wait_of(uid_t first, uid_t second)
{
	Parked *waiter = g_new0(Parked, 1);
	Candidate *candidates = g_new0(Candidate, 2);

	candidates[0].uid = first;
	candidates[1].uid = second;
	waiter->caller = (Caller){ candidates, 2, true };
	return waiter;
}

static void waiter_free(void *data)
{
	Parked *waiter = data;

	g_free((void *)(uintptr_t)waiter->caller.candidates);
	g_free(waiter);
}

/* A user who may have asked has so many, whoever else may have; who leaves makes room. */
static void test_limits(void)
{
	g_autoptr(GPtrArray) waiters = g_ptr_array_new_with_free_func(waiter_free);
	Patience *patience = patience_new();
	uid_t next = BOB;

	g_assert_nonnull(patience);
	while (waiters->len < LIMIT_DOUBTS_PER_USER) {
		g_ptr_array_add(waiters, wait_of(ALICE, next++));
		g_assert_true(patience_admit(patience, g_ptr_array_index(waiters, waiters->len - 1)));
	}
	g_ptr_array_add(waiters, wait_of(next++, ALICE));
	Parked *more = g_ptr_array_index(waiters, waiters->len - 1);
	g_assert_false(patience_admit(patience, more));
	patience_leave(patience, g_ptr_array_index(waiters, 0));
	g_assert_true(patience_admit(patience, more));
	while (waiters->len < LIMIT_DOUBTS + 1) {
		g_ptr_array_add(waiters, wait_of(next, next + 1));
		next += 2;
		g_assert_true(patience_admit(patience, g_ptr_array_index(waiters, waiters->len - 1)));
	}
	g_assert_false(patience_admit(patience, g_ptr_array_index(waiters, 0)));
	patience_leave(patience, more);
	g_assert_true(patience_admit(patience, g_ptr_array_index(waiters, 0)));
	patience_free(patience);
}

static void told(void *data)
{
	atomic_fetch_add((_Atomic unsigned *)data, 1);
}

/* In its time; at the end all that wait, and who comes after that. */
static void test_told(void)
{
	Patience *patience = patience_new();
	_Atomic unsigned count = 0;

	for (unsigned i = 0; i < 3; i++) { /* the thread sleeps until somebody comes */
		int64_t begun = g_get_monotonic_time();
		patience_wait(patience, told, &count);
		while (atomic_load(&count) == i)
			g_usleep(1000);
		g_assert_cmpint(g_get_monotonic_time() - begun, >=, LIMIT_DOUBT_STEP_MS * 1000);
	}
	for (unsigned i = 0; i < LIMIT_DOUBTS; i++)
		patience_wait(patience, told, &count);
	patience_stop(patience);
	g_assert_cmpuint(atomic_load(&count), ==, LIMIT_DOUBTS + 3);
	patience_wait(patience, told, &count);
	g_assert_cmpuint(atomic_load(&count), ==, LIMIT_DOUBTS + 4);
	patience_free(patience);
	patience_stop(NULL);
	patience_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/patience/limits", test_limits);
	g_test_add_func("/patience/told", test_told);
	return g_test_run();
}
