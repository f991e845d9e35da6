/* SPDX-License-Identifier: MIT
 *
 * The interface Audit: Stats, Export, Verify.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "audit/export.h"
#include "audit/index.h"
#include "audit/place.h"
#include "audit/seals.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"
#include "bus/task.h"
#include "bus/tell.h"

/* What one call of Audit asks, and what becomes of it. */
typedef struct AuditCall {
	AuditFilter filter;
	AuditCounts counts;
	Index *index; /* of who writes it: it stays until the end */
	ExportFormat format;
	int fd_and_one; /* 0: none */
	int64_t exported;
	Verification verification;
	Journal *journal;
	AuditSeal seal;
} AuditCall;

static void call_clear(void *data)
{
	AuditCall *call = data;

	audit_counts_clear(&call->counts);
	if (call->fd_and_one)
		(void)close(call->fd_and_one - 1);
	g_free(call->verification.detail);
}

static int stats_read(Task *task)
{
	AuditCall *call = task->work.data;

	return audit_filter_read(task, &call->filter);
}

static void stats_work(Work *work)
{
	AuditCall *call = work->data;
	const char *dir = work->context->paths->audit_dir;

	if (audit_wait(writers_index(work->context->writers), dir, &work->error))
		(void)query_count(dir, &call->filter, LIMIT_STATS_VALUES, &call->counts, &work->error);
}

/* {"decisions": a{st}, "users": a{st}, ...} */
static int append_counts(sd_bus_message *reply, const char *name, const GPtrArray *counts)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "a{st}")) < 0 || (r = sd_bus_message_open_container(reply, 'a', "{st}")) < 0)
		return r;
	for (guint i = 0; i < counts->len; i++) {
		const AuditCount *count = g_ptr_array_index(counts, i);
		if ((r = sd_bus_message_append(reply, "{st}", count->value, count->count)) < 0)
			return r;
	}
	if ((r = sd_bus_message_close_container(reply)) < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int stats_answer(Task *task, sd_bus_message *reply)
{
	static const char *const names[FIELD_COUNT] = {
		[FIELD_DECISION] = "decisions", [FIELD_USER] = "users", [FIELD_IMAGE] = "images", [FIELD_RULE] = "rules",
		[FIELD_COMMAND] = "calls", [FIELD_HOUR] = "hours",
	};
	const AuditCall *call = task->work.data;
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}", "total", "t", call->counts.total);
	if (r >= 0 && call->counts.folded_known)
		r = sd_bus_message_append(reply, "{sv}", "folded", "t", call->counts.folded);
	for (size_t i = 0; r >= 0 && i < FIELD_COUNT; i++)
		r = append_counts(reply, names[i], call->counts.fields[i]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const Handler audit_stats = { sizeof(AuditCall), stats_read, stats_work, stats_answer, call_clear };

static int export_read(Task *task)
{
	AuditCall *call = task->work.data;
	const char *format;
	int fd, r = audit_filter_read_any(task, &call->filter);

	if (r < 0 || (r = sd_bus_message_read(task->call, "sh", &format, &fd)) < 0)
		return r;
	if (!export_format_parse(format, &call->format))
		return work_fail(&task->work, "InvalidArgs", "there is no format \"%.*s\"; there are: json, jsonl, csv, cef", (int)LIMIT_METHOD_BYTES, format);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	call->fd_and_one = fd + 1;
	return fd < 0 ? -errno : 0;
}

static void export_work(Work *work)
{
	AuditCall *call = work->data;
	const char *dir = work->context->paths->audit_dir;
	const AuditEventDetail details[] = { { "format", export_format_word(call->format), 0 }, { "for_user", call->filter.user ? call->filter.user : "", 0 },
		{ "since", NULL, call->filter.since_us }, { "until", NULL, call->filter.until_us } };
	const AuditEvent event = { .kind = AUDIT_EXPORT, .summary = "the audit trail is exported", .details = details, .detail_count = G_N_ELEMENTS(details) };

	if (audit_wait(writers_index(work->context->writers), dir, &work->error) && work_tell(work, &event))
		call->exported = export_run(dir, &call->filter, call->format, call->fd_and_one - 1, &work->error);
}

static int export_answer(Task *task, sd_bus_message *reply)
{
	const AuditCall *call = task->work.data;
	const uint64_t exported = (uint64_t)call->exported;

	return sd_bus_message_append_basic(reply, 't', &exported);
}

const Handler audit_export = { sizeof(AuditCall), export_read, export_work, export_answer, call_clear };

static void verify_work(Work *work)
{
	AuditCall *call = work->data;

	(void)verify_run(work->context->paths->audit_dir, &call->verification, &work->error);
}

static int verify_answer(Task *task, sd_bus_message *reply)
{
	const AuditCall *call = task->work.data;
	const Verification *found = &call->verification;

	return sd_bus_message_append(reply, "bts", (int)found->intact, found->entries, found->detail);
}

static int seal_read(Task *task)
{
	AuditCall *call = task->work.data;

	call->journal = writers_journal(task->bus->context->writers);
	return call->journal ? 0 : work_fail(&task->work, "Unavailable", "this instance does not write the audit trail");
}

static void seal_work(Work *work)
{
	AuditCall *call = work->data;

	(void)seal_write(call->journal, work->context->paths->audit_dir, &call->seal, &work->error);
}

static int seal_answer(Task *task, sd_bus_message *reply)
{
	const AuditCall *call = task->work.data;

	return sd_bus_message_append(reply, "ts", call->seal.id, call->seal.digits);
}

const Handler audit_seal = { sizeof(AuditCall), seal_read, seal_work, seal_answer, call_clear };

static int reindex_read(Task *task)
{
	AuditCall *call = task->work.data;

	call->index = writers_index(task->bus->context->writers);
	return call->index ? 0 : work_fail(&task->work, "Unavailable", "this instance does not write the index of the audit trail");
}

/* An index that is not made in time goes on by itself. */
static void reindex_work(Work *work)
{
	AuditCall *call = work->data;
	const int64_t begin = places_begin_of(work->context->paths->audit_dir);
	bool reached = false, waits = true;

	index_doubt();
	while (!reached && (waits = budget_spend(0)))
		reached = index_sync_from(call->index, begin, LIMIT_INDEX_SYNC_MS);
	if (reached)
		(void)query_count(work->context->paths->audit_dir, &call->filter, LIMIT_STATS_VALUES, &call->counts, &work->error);
	else if (!waits)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "the index is not whole yet; it goes on being made");
}

static int reindex_answer(Task *task, sd_bus_message *reply)
{
	const AuditCall *call = task->work.data;

	return sd_bus_message_append_basic(reply, 't', &call->counts.total);
}

const Handler audit_reindex = { sizeof(AuditCall), reindex_read, reindex_work, reindex_answer, call_clear };

const Handler audit_verify = { sizeof(AuditCall), NULL, verify_work, verify_answer, call_clear };
