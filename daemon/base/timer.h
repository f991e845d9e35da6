/* SPDX-License-Identifier: MIT
 *
 * Timers of the main loop that end when they should: sd-event reads an accuracy of 0 as a quarter of a
 * second, and a call of Docker's would wait that long.  All timers of the tree are made here; the lint suite
 * refuses others.  Times are CLOCK_MONOTONIC.  Main thread.
 */
#pragma once

#include <systemd/sd-event.h>

/* Off until it is started.  0, or a negative errno. */
int timer_new(sd_event *event, sd_event_source **ret, sd_event_time_handler_t handler, void *data);
/* Ends once, this long after the loop last woke up; a timer that runs is set anew. */
int timer_start(sd_event_source *timer, uint64_t after_us);
/* The same by the clock. */
int timer_start_at(sd_event_source *timer, uint64_t at_us);
int timer_stop(sd_event_source *timer);
