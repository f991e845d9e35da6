/* SPDX-License-Identifier: MIT
 *
 * Audit.Clear.
 */
#include "audit/clear.h"
#include "base/event.h"
#include "base/users.h"
#include "bus/task.h"

typedef struct Clearing {
	Journal *journal;
	uint64_t until_us, entries;
} Clearing;

static int read_clearing(Task *task)
{
	Clearing *clearing = task->work.data;
	const BusOption options[] = { { "until", OPTION_NUMBER, &clearing->until_us } };
	int r = options_read(task, options, G_N_ELEMENTS(options));

	clearing->journal = writers_journal(task->bus->context->writers);
	if (r >= 0 && !clearing->journal)
		return work_fail(&task->work, "Unavailable", "this instance does not write the audit trail");
	return r;
}

static void clear_work(Work *work)
{
	Clearing *clearing = work->data;
	g_autofree char *by = user_name(USER_DATABASE, work->uid);

	if (!clear_run(clearing->journal, work->context->paths->audit_dir, clearing->until_us, by, &clearing->entries, &work->error) || !clearing->entries)
		return;
	g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, clearing->entries);
	const EventField fields[] = { { "SENTINEL_USER", by }, { "SENTINEL_RECORDS", count } };
	event_log(EVENT_AUDIT_CLEARED, fields, G_N_ELEMENTS(fields), "%s removed %s records from the audit trail", by, count);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Clearing *clearing = task->work.data;

	return sd_bus_message_append_basic(reply, 't', &clearing->entries);
}

const Handler audit_clear = { sizeof(Clearing), read_clearing, clear_work, answer };
