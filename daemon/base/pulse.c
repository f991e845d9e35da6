/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include "base/limits.h"
#include "base/pulse.h"

#define SECOND_US ((uint64_t)1000 * 1000)

typedef struct Pulse {
	_Atomic uint64_t begun, ended;
	/* of the looking thread */
	uint64_t seen_ended, since_us;
} Pulse;

static Pulse pulses[PULSE_COUNT];

void pulse_begin(PulseKind kind)
{
	atomic_fetch_add_explicit(&pulses[kind].begun, 1, memory_order_relaxed);
}

void pulse_end(PulseKind kind)
{
	atomic_fetch_add_explicit(&pulses[kind].ended, 1, memory_order_relaxed);
}

const char *pulse_name(PulseKind kind)
{
	static const char *const names[PULSE_COUNT] = { [PULSE_AUTHZ] = "authz", [PULSE_WORKER] = "worker", [PULSE_AUDIT] = "audit" };

	return names[kind];
}

bool pulse_stuck(PulseKind kind, uint64_t now_us)
{
	Pulse *pulse = &pulses[kind];
	uint64_t ended = atomic_load_explicit(&pulse->ended, memory_order_relaxed);
	uint64_t begun = atomic_load_explicit(&pulse->begun, memory_order_relaxed);

	if (begun == ended || ended != pulse->seen_ended || !pulse->since_us) {
		pulse->seen_ended = ended;
		pulse->since_us = now_us;
	}
	return now_us - pulse->since_us > LIMIT_STUCK_S * SECOND_US;
}
