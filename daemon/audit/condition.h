/* SPDX-License-Identifier: MIT
 *
 * Condition variables with deadlines that a clock set anew does not move.
 */
#pragma once

#include <pthread.h>
#include <time.h>

static inline void condition_deadline(struct timespec *ret, unsigned ms)
{
	(void)clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += ms / 1000;
	ret->tv_nsec += (long)(ms % 1000) * 1000000L;
	if (ret->tv_nsec >= 1000000000L) {
		ret->tv_nsec -= 1000000000L;
		ret->tv_sec++;
	}
}

static inline void condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(condition, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}
