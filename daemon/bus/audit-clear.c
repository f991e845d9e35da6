/* SPDX-License-Identifier: MIT
 *
 * Audit.Clear.
 */
#include "audit/clear.h"
#include "base/error.h"
#include "base/event.h"
#include "base/users.h"
#include "bus/gate.h"

typedef struct Clearing {
	sd_bus_message *call;
	Journal *journal;
	char *audit_dir;
	uid_t uid;
	uint64_t until_us, entries;
	GError *error;
} Clearing;

static void clearing_free(Clearing *clearing)
{
	sd_bus_message_unref(clearing->call);
	g_free(clearing->audit_dir);
	g_clear_error(&clearing->error);
	g_free(clearing);
}

static void work(void *data)
{
	Clearing *clearing = data;
	g_autofree char *by = user_name(USER_DATABASE, clearing->uid);

	if (!clear_run(clearing->journal, clearing->audit_dir, clearing->until_us, by, &clearing->entries, &clearing->error) || !clearing->entries)
		return;
	g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, clearing->entries);
	const EventField fields[] = { { "SENTINEL_USER", by }, { "SENTINEL_RECORDS", count } };
	event_log(EVENT_AUDIT_CLEARED, fields, G_N_ELEMENTS(fields), "%s removed %s records from the audit trail", by, count);
}

static void done(void *data)
{
	Clearing *clearing = data;

	if (clearing->error)
		(void)bus_reply_error(clearing->call, clearing->error);
	else
		(void)sd_bus_reply_method_return(clearing->call, "t", clearing->entries);
	clearing_free(clearing);
}

int audit_clear(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;
	uint64_t until_us = 0;
	const BusOption options[] = { { "until", OPTION_NUMBER, &until_us } };
	g_autoptr(Arena) arena = arena_new();

	(void)error;
	int r = options_read(call, options, G_N_ELEMENTS(options), arena);
	if (r != 0)
		return r;
	if (!bus->context->journal)
		return bus_reply_named(call, "Unavailable", "this instance does not write the audit trail");
	Clearing *clearing = g_new0(Clearing, 1);
	*clearing = (Clearing){
		.call = sd_bus_message_ref(call), .journal = bus->context->journal, .audit_dir = g_strdup(bus->context->paths->audit_dir),
		.uid = gate_uid(bus, call), .until_us = until_us,
	};
	if (bus_submit(bus, call, work, done, clearing))
		return 1;
	clearing_free(clearing);
	return bus_reply_named(call, "Busy", "too many calls wait; try again");
}
