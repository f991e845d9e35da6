/* SPDX-License-Identifier: MIT
 *
 * The interface Audit: Stats, Export, Verify.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "audit/export.h"
#include "base/limits.h"
#include "bus/gate.h"

typedef struct Report {
	sd_bus_message *call;
	Index *index;
	char *audit_dir;
	Arena *arena;
	AuditFilter filter;
	GPtrArray *counts[FIELD_COUNT];
	ExportFormat format;
	int fd;
	int64_t exported;
	Verification verification;
	GError *error;
} Report;

static Report *report_new(Bus *bus, sd_bus_message *call)
{
	Report *report = g_new0(Report, 1);

	*report = (Report){
		.call = sd_bus_message_ref(call), .index = bus->context->index, .audit_dir = g_strdup(bus->context->paths->audit_dir), .arena = arena_new(), .fd = -1,
	};
	return report;
}

static void report_free(Report *report)
{
	sd_bus_message_unref(report->call);
	g_free(report->audit_dir);
	arena_free(report->arena);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (report->counts[i])
			g_ptr_array_unref(report->counts[i]);
	if (report->fd >= 0)
		(void)close(report->fd);
	g_free(report->verification.detail);
	g_clear_error(&report->error);
	g_free(report);
}

static int submit(Bus *bus, Report *report, JobFn work, JobFn done)
{
	if (bus_submit(bus, report->call, work, done, report))
		return 1;
	int r = bus_reply_named(report->call, "Busy", "too many calls wait; try again");
	report_free(report);
	return r;
}

static void stats_work(void *data)
{
	Report *report = data;

	(void)audit_wait(report->index, report->audit_dir, &report->error);
	for (unsigned i = 0; i < FIELD_COUNT && !report->error; i++)
		report->counts[i] = query_count(report->audit_dir, &report->filter, (AuditField)i, LIMIT_STATS_VALUES, &report->error);
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

static int answer_stats(const Report *report)
{
	static const char *const names[FIELD_COUNT] = {
		[FIELD_DECISION] = "decisions", [FIELD_USER] = "users", [FIELD_IMAGE] = "images", [FIELD_RULE] = "rules",
	};
	sd_bus_message *reply = NULL;
	uint64_t total = 0;
	int r = sd_bus_message_new_method_return(report->call, &reply);

	for (guint i = 0; i < report->counts[FIELD_DECISION]->len; i++)
		total += ((const AuditCount *)g_ptr_array_index(report->counts[FIELD_DECISION], i))->count;
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "{sv}");
	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}", "total", "t", total);
	for (size_t i = 0; r >= 0 && i < FIELD_COUNT; i++)
		r = append_counts(reply, names[i], report->counts[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static void stats_done(void *data)
{
	Report *report = data;

	if (report->error)
		(void)bus_reply_error(report->call, report->error);
	else if (answer_stats(report) < 0)
		(void)bus_reply_named(report->call, "Failed", "the statistics cannot be sent");
	report_free(report);
}

static int stats(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	Report *report = report_new(bus, call);
	int r = audit_filter_read(call, &report->filter, report->arena);

	if (r == 0)
		return submit(bus, report, stats_work, stats_done);
	report_free(report);
	return r;
}

static void export_work(void *data)
{
	Report *report = data;

	if (audit_wait(report->index, report->audit_dir, &report->error))
		report->exported = export_run(report->audit_dir, &report->filter, report->format, report->fd, &report->error);
}

static void export_done(void *data)
{
	Report *report = data;

	if (report->error)
		(void)bus_reply_error(report->call, report->error);
	else
		(void)sd_bus_reply_method_return(report->call, "t", (uint64_t)report->exported);
	report_free(report);
}

static int read_export(Report *report)
{
	const char *format;
	int fd, r = audit_filter_read(report->call, &report->filter, report->arena);

	if (r != 0 || (r = sd_bus_message_read(report->call, "sh", &format, &fd)) < 0)
		return r;
	if (!export_format_parse(format, &report->format))
		return bus_reply_named(report->call, "InvalidArgs", "there is no format \"%s\"; there are: json, jsonl, csv", format);
	report->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return report->fd < 0 ? -errno : 0;
}

static int export(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	Report *report = report_new(bus, call);
	int r = read_export(report);

	if (r == 0)
		return submit(bus, report, export_work, export_done);
	report_free(report);
	return r;
}

static void verify_work(void *data)
{
	Report *report = data;

	(void)verify_run(report->audit_dir, &report->verification, &report->error);
}

static void verify_done(void *data)
{
	Report *report = data;
	const Verification *found = &report->verification;

	if (report->error)
		(void)bus_reply_error(report->call, report->error);
	else
		(void)sd_bus_reply_method_return(report->call, "bts", (int)found->intact, found->entries, found->detail);
	report_free(report);
}

static int verify(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	return submit(bus, report_new(bus, call), verify_work, verify_done);
}

const sd_bus_vtable audit_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Stats", SD_BUS_ARGS("a{sv}", filter), SD_BUS_RESULT("a{sv}", statistics), stats, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Export", SD_BUS_ARGS("a{sv}", filter, "s", format, "h", fd), SD_BUS_RESULT("t", entries), export, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Verify", SD_BUS_NO_ARGS, SD_BUS_RESULT("b", intact, "t", entries, "s", detail), verify, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Clear", SD_BUS_ARGS("a{sv}", filter), SD_BUS_RESULT("t", entries), audit_clear, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};
