/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/scanner-names.h"
#include "base/text.h"
#include "policy/review/coverage-probes.h"
#include "policy/review/coverage.h"
#include "policy/verdict.h"
#include "request/api.h"
#include "request/host-view.h"
#include "request/list.h"

#define CREATE "/containers/create?name=probe"
#define OPEN_SHOWN 3u
#define OPEN_BYTES 120u
#define SEVERE 1000u /* of what a scanner found: above any sensible limit */

/* How far a policy goes against a probe. */
typedef enum Reach { REACH_NOT, REACH_WARN, REACH_BLOCK } Reach;

typedef struct Survey {
	const Policy *policy;
	Arena *arena;
	VerdictTable *verdicts;
	int64_t now_us;
} Survey;

static const char *const image_ids[PROBE_IMAGE_COUNT] = {
	[PROBE_IMAGE_CLEAN] = "sha256:1111111111111111111111111111111111111111111111111111111111111111",
	[PROBE_IMAGE_UNSCANNED] = "sha256:2222222222222222222222222222222222222222222222222222222222222222",
	[PROBE_IMAGE_VULNERABLE] = "sha256:3333333333333333333333333333333333333333333333333333333333333333",
	[PROBE_IMAGE_SECRETS] = "sha256:4444444444444444444444444444444444444444444444444444444444444444",
};

static void add_verdict(Survey *survey, ProbeImage image, const char *scanner, bool secrets)
{
	Verdict *verdict = verdict_new();
	VerdictTable *table = survey->verdicts;

	verdict->image_id = image_ids[image];
	verdict->scanner = scanner;
	verdict->secrets = secrets;
	verdict->whole = true;
	verdict->time_us = survey->now_us;
	if (image == (secrets ? PROBE_IMAGE_SECRETS : PROBE_IMAGE_VULNERABLE))
		verdict->critical = verdict->high = verdict->medium = verdict->verified = SEVERE;
	survey->verdicts = verdict_table_with(table, verdict);
	verdict_table_unref(table);
}

/* All scanners agree. */
static void add_verdicts(Survey *survey)
{
	for (size_t i = 0; i < SCANNER_NAMES; i++)
		for (int image = 0; image < PROBE_IMAGE_COUNT; image++) {
			if (image != PROBE_IMAGE_UNSCANNED && scanner_names[i].vulnerabilities)
				add_verdict(survey, (ProbeImage)image, scanner_names[i].name, false);
			if (image != PROBE_IMAGE_UNSCANNED && scanner_names[i].secrets)
				add_verdict(survey, (ProbeImage)image, scanner_names[i].name, true);
		}
}

static void put_members(Buffer *out, const CoverageProbe *probe, bool host)
{
	const char *between = "";
	bool replaced = false;

	for (size_t i = 0; i < probe_member_count; i++) {
		const ProbeMember *member = &probe_members[i];
		bool same = probe && probe->member && !strcmp(probe->member, member->name);
		const char *value = same ? probe->value : member->value;
		replaced |= same;
		if (member->host != host || !value)
			continue;
		buffer_printf(out, "%s\"%s\":%s", between, member->name, value);
		between = ",";
	}
	if (host && probe && probe->member && probe->value && !replaced)
		buffer_printf(out, "%s\"%s\":%s", between, probe->member, probe->value);
}

/* The harmless container, with what the probe changes; NULL: nothing. */
static const char *create_body(const CoverageProbe *probe, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	buffer_puts(&out, "{");
	put_members(&out, probe, false);
	buffer_puts(&out, ",\"HostConfig\":{");
	put_members(&out, probe, true);
	buffer_puts(&out, "}}");
	return out.data;
}

static const Decision *judge(const Survey *survey, const char *method, const char *uri, const char *body, ProbeImage image)
{
	const size_t length = body ? strlen(body) : 0;
	const ApiCall call = {
		.method = method, .uri = uri, .body = length ? body : NULL, .body_length = length, .content_type = length ? "application/json" : "",
		.content_length = length ? "1" : "0",
	};
	const Situation situation = { .now_us = survey->now_us, .verdicts = survey->verdicts, .trial = true };
	Request *request = api_read(&call, survey->arena);

	request->image_id = image_ids[image];
	return policy_evaluate(survey->policy, host_view_assume(request, survey->arena), &situation, survey->arena);
}

/* The same call without what the item is about; NULL: the call is what it is about. */
static const Decision *judge_harmless(const Survey *survey, const CoverageProbe *probe)
{
	static const struct { const char *begins, *uri, *body; } calls[] = {
		{ "/build?", "/build", NULL }, { "/containers/probe/exec", "/containers/probe/exec", "{\"Cmd\":[\"true\"],\"User\":\"65532\"}" },
		{ "/volumes/create", "/volumes/create", "{\"Name\":\"v\"}" },
	};

	if (probe->rule)
		return NULL;
	if (!probe->method)
		return judge(survey, "POST", CREATE, create_body(NULL, survey->arena), PROBE_IMAGE_CLEAN);
	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
		if (g_str_has_prefix(probe->uri, calls[i].begins))
			return judge(survey, "POST", calls[i].uri, calls[i].body, PROBE_IMAGE_CLEAN);
	return NULL;
}

static size_t count_rule(const Decision *decision, const char *rule)
{
	size_t count = 0;

	for (size_t i = 0; decision && i < decision->finding_count; i++)
		count += !strcmp(decision->findings[i].rule, rule);
	return count;
}

static bool says(const Decision *decision, const Finding *finding)
{
	for (size_t i = 0; decision && i < decision->finding_count; i++)
		if (!strcmp(decision->findings[i].rule, finding->rule) && !strcmp(decision->findings[i].message, finding->message))
			return true;
	return false;
}

/* What is said of the harmless call as well, perhaps with another name in it, is not about the probe. */
static bool is_news(const Decision *harmless, const Decision *decision, const Finding *finding)
{
	return !says(harmless, finding) && count_rule(decision, finding->rule) > count_rule(harmless, finding->rule);
}

static void name_rule(StringList *rules, const char *rule, Arena *arena)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!strcmp(rules->items[i], rule))
			return;
	LIST_APPEND(arena, rules, rule);
}

/* By what it finds in the probe and not in the harmless call; points that tip the balance deny as well. */
static Reach reach(const Survey *survey, const CoverageProbe *probe, StringList *rules)
{
	const Decision *harmless = judge_harmless(survey, probe);
	const Decision *decision = probe->method ? judge(survey, probe->method, probe->uri, probe->body, probe->image) :
						   judge(survey, "POST", CREATE, create_body(probe, survey->arena), probe->image);
	Action worst = ACTION_ALLOW;

	for (size_t i = 0; i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		if (!is_news(harmless, decision, finding) || (probe->rule && strcmp(probe->rule, finding->rule) != 0))
			continue;
		name_rule(rules, finding->rule, survey->arena);
		worst = MAX(worst, finding->action);
	}
	if (worst == ACTION_ALLOW)
		return REACH_NOT;
	bool tips = harmless && harmless->allowed;
	return !decision->allowed && (worst == ACTION_BLOCK || tips) ? REACH_BLOCK : REACH_WARN;
}

static const char *probe_text(const CoverageProbe *probe, Arena *arena)
{
	if (probe->method)
		return arena_printf(arena, "%s %s %s", probe->method, probe->uri, probe->body ? probe->body : "");
	return probe->value ? arena_printf(arena, "%s %s", probe->member, probe->value) : arena_printf(arena, "no %s", probe->member);
}

static const char *describe(const StringList *rules, const StringList *open, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	buffer_puts(&out, "");
	for (size_t i = 0; i < rules->count; i++)
		buffer_printf(&out, "%s%s", i ? ", " : "", rules->items[i]);
	for (size_t i = 0; rules->count && i < MIN(open->count, OPEN_SHOWN); i++)
		buffer_printf(&out, "%s%s", i ? "; " : "; not: ", text_printable(arena, open->items[i], OPEN_BYTES));
	if (rules->count && open->count > OPEN_SHOWN)
		buffer_printf(&out, "; and %zu more", open->count - OPEN_SHOWN);
	return out.data;
}

static void cover(const Survey *survey, const CoverageItem *item, CoverageRow *ret)
{
	StringList rules = { 0 }, open = { 0 };
	Reach least = REACH_BLOCK;

	*ret = (CoverageRow){ .item = item->item, .title = item->title, .status = "n/a", .rules = "" };
	if (!item->probes)
		return;
	for (size_t i = 0; i < item->count; i++) {
		Reach now = reach(survey, &item->probes[i], &rules);
		least = MIN(least, now);
		if (now == REACH_NOT) {
			const char *text = probe_text(&item->probes[i], survey->arena);
			LIST_APPEND(survey->arena, &open, text);
		}
	}
	ret->status = least == REACH_BLOCK ? "block" : least == REACH_WARN ? "warn" : open.count < item->count ? "part" : "-";
	ret->rules = describe(&rules, &open, survey->arena);
}

CoverageRow *policy_coverage(const Policy *policy, Arena *arena, size_t *ret_count)
{
	CoverageRow *rows = arena_alloc(arena, coverage_item_count * sizeof *rows);
	Survey survey = { .policy = policy, .arena = arena, .verdicts = verdict_table_new(), .now_us = g_get_real_time() };

	add_verdicts(&survey);
	for (size_t i = 0; i < coverage_item_count; i++)
		cover(&survey, &coverage_items[i], &rows[i]);
	verdict_table_unref(survey.verdicts);
	*ret_count = coverage_item_count;
	return rows;
}
