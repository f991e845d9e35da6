/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "notifier/call.h"

int call_send(sd_bus *bus, sd_bus_message *call, unsigned patience_s, sd_bus_message_handler_t answered, void *data, sd_bus_destroy_t done)
{
	sd_bus_slot *slot = NULL;
	int r = sd_bus_call_async(bus, &slot, call, answered, data, (uint64_t)patience_s * 1000 * 1000);

	if (r < 0) {
		if (done)
			done(data);
		return r;
	}
	if (done)
		(void)sd_bus_slot_set_destroy_callback(slot, done);
	(void)sd_bus_slot_set_floating(slot, 1);
	sd_bus_slot_unref(slot);
	return r;
}

uint64_t call_now_us(void)
{
	return (uint64_t)g_get_monotonic_time();
}
