/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/text.h"
#include "bus/scans.h"
#include "policy/aside.h"
#include "request/image.h"
#include "scan/count.h"

/* What one step found, each thing once, and why some of it does not count. */
typedef struct Judged {
	const ScanFinding **found;
	const char **why; /* of each; "" : it counts */
	size_t count;
	ScanCounts counts;
	unsigned aside;
} Judged;

/* The image by its name, as far as that says where it comes from. */
static Request *asked_about(const ScanJob *job, Arena *arena)
{
	Request *request = request_new(arena);

	request->image = image_parse(job->order.image, arena);
	request->image_id = job->order.image_id;
	request->image_local = !job->order.pulled && !*request->image.digest;
	return request;
}

static const char *why_not(const World *world, const ScanFinding *finding, const Request *request, Arena *arena)
{
	const Situation situation = { .now_us = g_get_real_time(), .verdicts = world->verdicts };
	const VerdictVulnerability one = scan_known(finding);

	if (!world->policy || finding->kind != SCAN_VULNERABILITY)
		return "";
	const Aside aside = vulnerability_aside(world->policy, world->verdicts ? verdict_table_vex(world->verdicts) : NULL, &one, request, &situation, arena);
	return aside.why ? aside.why : "";
}

static Judged judge(const ScanJob *job, size_t step, const World *world, Arena *arena)
{
	const Request *request = asked_about(job, arena);
	Judged judged = { 0 };

	judged.found = scan_distinct(&job->reports[step], job->order.steps[step].kind, arena, &judged.count);
	judged.why = arena_alloc(arena, (judged.count + 1) * sizeof *judged.why);
	for (size_t i = 0; i < judged.count; i++) {
		judged.why[i] = why_not(world, judged.found[i], request, arena);
		judged.aside += *judged.why[i] != 0;
		if (*judged.why[i])
			continue;
		judged.counts.by_severity[judged.found[i]->severity]++;
		judged.counts.verified += judged.found[i]->verified;
	}
	return judged;
}

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

static int append_report(sd_bus_message *reply, const ScanReport *report, ScanKind kind, const Judged *judged, Arena *arena)
{
	const char *database = report->database ? report->database : "", *end_of_life = report->end_of_life ? report->end_of_life : "";
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "scanner", "s", report->scanner, "version", "s", report->version, "database", "s", database,
			"kind", "s", scan_kind_name(kind), "outcome", "s", scan_outcome_name(report->outcome), "detail", "s",
			text_printable(arena, report->detail, LIMIT_SCAN_FIELD), "verified", "u", judged->counts.verified);
	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}", "set_aside", "u", judged->aside, "end_of_life", "s", end_of_life);
	for (unsigned severity = 0; r >= 0 && severity < SCAN_SEVERITY_COUNT; severity++)
		r = sd_bus_message_append(reply, "{sv}", scan_severity_name((ScanSeverity)severity), "u", judged->counts.by_severity[severity]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_finding(sd_bus_message *reply, const char *scanner, const ScanFinding *finding, const char *why, Arena *arena)
{
	const struct { const char *name, *value; } texts[] = {
		{ "scanner", scanner }, { "kind", scan_kind_name(finding->kind) }, { "severity", scan_severity_name(finding->severity) }, { "id", finding->id },
		{ "title", finding->title }, { "package", finding->package }, { "version", finding->version }, { "fixed_version", finding->fixed_version },
		{ "purl", finding->purl }, { "path", finding->path }, { "layer", finding->layer }, { "url", finding->url }, { "fingerprint", finding->fingerprint }, { "set_aside", why },
	};
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
		r = sd_bus_message_append(reply, "{sv}", texts[i].name, "s", text_printable(arena, texts[i].value, LIMIT_SCAN_FIELD));
	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}", "line", "t", finding->line, "verified", "b", (int)finding->verified);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_findings(sd_bus_message *reply, const ScanJob *job, const Judged *judged, bool *ret_truncated, Arena *arena)
{
	size_t shown = 0;
	int r = open_list(reply, "findings");

	for (size_t step = 0; r >= 0 && step < job->order.step_count; step++) {
		for (size_t i = 0; r >= 0 && i < judged[step].count; i++, shown++) {
			*ret_truncated = shown >= LIMIT_SCAN_SHOWN;
			if (*ret_truncated)
				break;
			r = append_finding(reply, job->reports[step].scanner, judged[step].found[i], judged[step].why[i], arena);
		}
	}
	return r < 0 ? r : close_list(reply);
}

int scan_append_result(sd_bus_message *reply, const ScanJob *job, const World *world)
{
	Judged judged[SCAN_STEPS];
	g_autoptr(Arena) arena = arena_new();
	bool truncated = false;
	int r = sd_bus_message_append(reply, "{sv}{sv}", "image", "s", text_printable(arena, job->order.image, LIMIT_SCAN_FIELD), "image_id", "s", job->order.image_id);

	if (r >= 0)
		r = open_list(reply, "reports");
	for (size_t i = 0; r >= 0 && i < job->order.step_count; i++) {
		judged[i] = judge(job, i, world, arena);
		r = append_report(reply, &job->reports[i], job->order.steps[i].kind, &judged[i], arena);
	}
	if (r >= 0)
		r = close_list(reply);
	if (r >= 0)
		r = append_findings(reply, job, judged, &truncated, arena);
	return r < 0 ? r : sd_bus_message_append(reply, "{sv}", "truncated", "b", (int)truncated);
}
