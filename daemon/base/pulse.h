/* SPDX-License-Identifier: MIT
 *
 * Do the threads get on with their work?  What the watchdog needs to know.  Any thread, lock-free.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/limits.h"

/* One for each thread that works; the readers are a pool. */
typedef enum PulseKind { PULSE_AUTHZ, PULSE_JUDGE, PULSE_LOADER, PULSE_WRITER, PULSE_AUDIT, PULSE_PACKER, PULSE_READER } PulseKind;
#define PULSE_COUNT (PULSE_READER + LIMIT_READERS)

/* Around one piece of work. */
void pulse_begin(PulseKind kind);
void pulse_end(PulseKind kind);
/* The work that this thread has begun gets on: long work is not stuck work. */
void pulse_beat(void);
const char *pulse_name(PulseKind kind); /* "writer" */

/* One look, by one thread only: true when work of this kind is under way and has not got on for
 * LIMIT_STUCK_S.  `now_us`: CLOCK_MONOTONIC. */
bool pulse_stuck(PulseKind kind, uint64_t now_us);
/* The same of all of them; which are stuck goes into the log. */
bool pulse_look(uint64_t now_us);
