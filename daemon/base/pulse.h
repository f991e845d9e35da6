/* SPDX-License-Identifier: MIT
 *
 * Do the threads get on with their work?  What the watchdog needs to know.  Any thread, lock-free.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum PulseKind { PULSE_AUTHZ, PULSE_WORKER, PULSE_AUDIT, PULSE_COUNT } PulseKind;

/* Around one piece of work. */
void pulse_begin(PulseKind kind);
void pulse_end(PulseKind kind);
const char *pulse_name(PulseKind kind); /* "worker" */

/* One look, by one thread only: true when work of this kind is under way and none has ended for
 * LIMIT_STUCK_S.  `now_us`: CLOCK_MONOTONIC. */
bool pulse_stuck(PulseKind kind, uint64_t now_us);
