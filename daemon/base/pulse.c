/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <stddef.h>
#include "base/log.h"
#include "base/pulse.h"

#define SECOND_US ((uint64_t)1000 * 1000)

typedef struct Pulse {
	_Atomic uint64_t begun, ended;
	_Atomic uint64_t beats; /* ends, and what gets on meanwhile */
	/* of the looking thread */
	uint64_t seen_beats, since_us;
} Pulse;

static Pulse pulses[PULSE_COUNT];
static _Thread_local Pulse *own;

static void add(_Atomic uint64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void pulse_begin(PulseKind kind)
{
	own = &pulses[kind];
	add(&own->begun);
}

void pulse_end(PulseKind kind)
{
	own = NULL;
	add(&pulses[kind].ended);
	add(&pulses[kind].beats);
}

void pulse_beat(void)
{
	if (own)
		add(&own->beats);
}

const char *pulse_name(PulseKind kind)
{
	static const char *const names[] = { [PULSE_AUTHZ] = "authz", [PULSE_JUDGE] = "judge", [PULSE_LOADER] = "loader", [PULSE_WRITER] = "writer", [PULSE_AUDIT] = "audit", [PULSE_PACKER] = "packer", [PULSE_READER] = "reader" };

	return names[kind < PULSE_READER ? kind : PULSE_READER];
}

bool pulse_stuck(PulseKind kind, uint64_t now_us)
{
	Pulse *pulse = &pulses[kind];
	uint64_t beats = atomic_load_explicit(&pulse->beats, memory_order_relaxed);
	uint64_t ended = atomic_load_explicit(&pulse->ended, memory_order_relaxed);
	uint64_t begun = atomic_load_explicit(&pulse->begun, memory_order_relaxed);

	if (begun == ended || beats != pulse->seen_beats || !pulse->since_us) {
		pulse->seen_beats = beats;
		pulse->since_us = now_us;
	}
	return now_us - pulse->since_us > LIMIT_STUCK_S * SECOND_US;
}

bool pulse_look(uint64_t now_us)
{
	bool stuck = false;

	for (unsigned i = 0; i < PULSE_COUNT; i++) {
		if (!pulse_stuck((PulseKind)i, now_us))
			continue;
		log_error("the thread %s has not got on with its work for %u s", pulse_name((PulseKind)i), LIMIT_STUCK_S);
		stuck = true;
	}
	return stuck;
}
