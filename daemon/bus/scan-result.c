/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/text.h"
#include "bus/scans.h"
#include "scan/count.h"

/* An aa{sv} as the value of one entry. */
static int open_list(sd_bus_message *reply, const char *name)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "aa{sv}")) < 0)
		return r;
	return sd_bus_message_open_container(reply, 'a', "a{sv}");
}

static int close_list(sd_bus_message *reply)
{
	int r;

	if ((r = sd_bus_message_close_container(reply)) < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_report(sd_bus_message *reply, const ScanReport *report, ScanKind kind, Arena *arena)
{
	const ScanCounts counts = scan_count(report, kind, arena);
	const char *database = report->database ? report->database : "";
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "scanner", "s", report->scanner, "version", "s", report->version, "database", "s", database,
			"kind", "s", scan_kind_name(kind), "outcome", "s", scan_outcome_name(report->outcome), "detail", "s",
			text_printable(arena, report->detail, LIMIT_SCAN_FIELD), "verified", "u", counts.verified);
	for (unsigned severity = 0; r >= 0 && severity < SCAN_SEVERITY_COUNT; severity++)
		r = sd_bus_message_append(reply, "{sv}", scan_severity_name((ScanSeverity)severity), "u", counts.by_severity[severity]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_finding(sd_bus_message *reply, const char *scanner, const ScanFinding *finding, Arena *arena)
{
	const struct { const char *name, *value; } texts[] = {
		{ "scanner", scanner }, { "kind", scan_kind_name(finding->kind) }, { "severity", scan_severity_name(finding->severity) }, { "id", finding->id },
		{ "title", finding->title }, { "package", finding->package }, { "version", finding->version }, { "fixed_version", finding->fixed_version },
		{ "purl", finding->purl }, { "path", finding->path }, { "layer", finding->layer }, { "url", finding->url }, { "fingerprint", finding->fingerprint },
	};
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
		r = sd_bus_message_append(reply, "{sv}", texts[i].name, "s", text_printable(arena, texts[i].value, LIMIT_SCAN_FIELD));
	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}", "line", "t", finding->line, "verified", "b", (int)finding->verified);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_findings(sd_bus_message *reply, const ScanJob *job, Arena *arena, bool *ret_truncated)
{
	size_t shown = 0;
	int r = open_list(reply, "findings");

	for (size_t step = 0; r >= 0 && step < job->order.step_count; step++) {
		size_t count;
		const ScanFinding **found = scan_distinct(&job->reports[step], job->order.steps[step].kind, arena, &count);
		for (size_t i = 0; r >= 0 && i < count; i++, shown++) {
			*ret_truncated = shown >= LIMIT_SCAN_SHOWN;
			if (*ret_truncated)
				break;
			r = append_finding(reply, job->reports[step].scanner, found[i], arena);
		}
	}
	return r < 0 ? r : close_list(reply);
}

int scan_append_result(sd_bus_message *reply, const ScanJob *job)
{
	g_autoptr(Arena) arena = arena_new();
	bool truncated = false;
	int r = sd_bus_message_append(reply, "{sv}{sv}", "image", "s", text_printable(arena, job->order.image, LIMIT_SCAN_FIELD), "image_id", "s", job->order.image_id);

	if (r >= 0)
		r = open_list(reply, "reports");
	for (size_t i = 0; r >= 0 && i < job->order.step_count; i++)
		r = append_report(reply, &job->reports[i], job->order.steps[i].kind, arena);
	if (r >= 0)
		r = close_list(reply);
	if (r >= 0)
		r = append_findings(reply, job, arena, &truncated);
	return r < 0 ? r : sd_bus_message_append(reply, "{sv}", "truncated", "b", (int)truncated);
}
