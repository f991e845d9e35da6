/* SPDX-License-Identifier: MIT */
#include "base/timer.h"

#define ACCURACY_US 1

int timer_new(sd_event *event, sd_event_source **ret, sd_event_time_handler_t handler, void *data)
{
	sd_event_source *timer = NULL;
	int r = sd_event_add_time(event, &timer, CLOCK_MONOTONIC, 0, ACCURACY_US, handler, data);

	if (r >= 0 && (r = timer_stop(timer)) >= 0)
		*ret = timer;
	else
		sd_event_source_disable_unref(timer);
	return r;
}

int timer_start(sd_event_source *timer, uint64_t after_us)
{
	int r = sd_event_source_set_time_relative(timer, after_us);

	return r < 0 ? r : sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

int timer_start_at(sd_event_source *timer, uint64_t at_us)
{
	int r = sd_event_source_set_time(timer, at_us);

	return r < 0 ? r : sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

int timer_stop(sd_event_source *timer)
{
	return sd_event_source_set_enabled(timer, SD_EVENT_OFF);
}
