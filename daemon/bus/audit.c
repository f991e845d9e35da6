/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/line.h"
#include "audit/query.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/users.h"
#include "bus/task.h"
#include "policy/rules.h"

typedef struct LineList {
	AuditLine *items;
	const char **texts; /* the records themselves; NULL: nobody asked for them */
	size_t count;
} LineList;

/* One AuditQuery; the thread also takes the lines apart. */
typedef struct Query {
	AuditFilter filter;
	uint32_t limit;
	uint64_t before_id;
	bool whole; /* the option "record" */
	LineList lines;
} Query;

/* Only what is certain: "one-of:..." is not the name of a user. */
static bool narrow(Work *work)
{
	Query *query = work->data;

	if (work_may(work, ACTION_AUDIT_READ))
		return true;
	g_autofree char *name = user_name(USER_DATABASE, work->uid);
	if (query->filter.user && *query->filter.user && strcmp(query->filter.user, name) != 0)
		return false;
	query->filter.user = arena_strdup(work->arena, name);
	return true;
}

bool audit_wait(Index *index, const char *dir, GError **error)
{
	if (index ? index_sync(index, LIMIT_INDEX_SYNC_MS) : query_wait(dir, LIMIT_INDEX_SYNC_MS))
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY,
		"%s/audit.db does not hold all of the trail yet: it is being made again, or another program keeps it; try again in a moment", dir);
	return false;
}

/* Without what a torn line left before it. */
static const char *record_of(const AuditRow *row)
{
	const char *record = audit_line_find_record(row->json, row->id);

	return record ? record : row->json;
}

static void query_work(Work *work)
{
	Query *query = work->data;
	const char *dir = work->context->paths->audit_dir;

	if (!narrow(work) || !audit_wait(writers_index(work->context->writers), dir, &work->error))
		return;
	g_autoptr(GPtrArray) rows = query_run(dir, &query->filter, query->limit, query->before_id, &work->error);
	query->lines.items = arena_alloc(work->arena, (rows ? rows->len + 1 : 1) * sizeof(AuditLine));
	query->lines.texts = query->whole ? arena_alloc(work->arena, (rows ? rows->len + 1 : 1) * sizeof(char *)) : NULL;
	for (guint i = 0; rows && i < rows->len && budget_spend(1); i++) {
		const AuditRow *row = g_ptr_array_index(rows, i);
		/* The row goes away, the line's strings point into their own copies. */
		if (!audit_line_read(row->json, strlen(row->json), work->arena, &query->lines.items[query->lines.count]))
			continue;
		if (query->whole)
			query->lines.texts[query->lines.count] = arena_strdup(work->arena, record_of(row));
		query->lines.count++;
	}
}

static int append_findings(sd_bus_message *reply, const AuditLine *line)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', "findings")) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "a(sssss)")) < 0 || (r = sd_bus_message_open_container(reply, 'a', "(sssss)")) < 0)
		return r;
	for (size_t i = 0; i < line->finding_count; i++) {
		const AuditLineFinding *f = &line->findings[i];
		if ((r = sd_bus_message_append(reply, "(sssss)", f->rule, f->severity, f->category, f->action, f->message)) < 0)
			return r;
	}
	if ((r = sd_bus_message_close_container(reply)) < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static const RuleInfo *rule_find(const char *id)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (!strcmp(rule_catalogue[i].id, id))
			return &rule_catalogue[i];
	return NULL; /* a custom one, or of another version */
}

/* What to do about the findings, each advice once. */
static const char **fixes_of(const AuditLine *line)
{
	g_autoptr(GPtrArray) fixes = g_ptr_array_new();

	for (size_t i = 0; i < line->finding_count; i++) {
		const RuleInfo *rule = rule_find(line->findings[i].rule);
		for (size_t f = 0; rule && f < RULE_FIXES && rule->fixes[f]; f++)
			if (!g_ptr_array_find_with_equal_func(fixes, rule->fixes[f], g_str_equal, NULL))
				g_ptr_array_add(fixes, (gpointer)(uintptr_t)rule->fixes[f]);
	}
	g_ptr_array_add(fixes, NULL);
	return (const char **)(uintptr_t)g_ptr_array_free(g_steal_pointer(&fixes), FALSE);
}

static int append_whole(sd_bus_message *reply, const AuditLine *line, const char *text)
{
	g_autofree const char **fixes = fixes_of(line);
	int r = sd_bus_message_append(reply, "{sv}", "record", "s", text);

	if (r < 0 || (r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', "fixes")) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "as")) < 0 || (r = sd_bus_message_append_strv(reply, (char **)(uintptr_t)fixes)) < 0 ||
		(r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_line(sd_bus_message *reply, const AuditLine *line, const char *text)
{
	const struct { const char *name, *text; } texts[] = {
		{ "kind", line->kind },         { "decision", line->decision }, { "mode", line->mode },         { "policy", line->policy },   { "user", line->user },   { "method", line->method },
		{ "uri", line->uri },           { "endpoint", line->endpoint }, { "command", line->command }, { "image", line->image }, { "subject", line->subject },
	};
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "id", "t", (uint64_t)line->id, "time", "t", (uint64_t)line->time_us, "score", "u",
			(uint32_t)line->score, "max_score", "u", (uint32_t)line->max_score, "duration_us", "t", (uint64_t)line->duration_us);
	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
		r = sd_bus_message_append(reply, "{sv}", texts[i].name, "s", texts[i].text);
	if (r >= 0 && *line->argv)
		r = sd_bus_message_append(reply, "{sv}", "argv", "s", line->argv);
	if (r >= 0)
		r = append_findings(reply, line);
	if (r >= 0 && text)
		r = append_whole(reply, line, text);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Query *query = task->work.data;
	int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

	for (size_t i = 0; r >= 0 && i < query->lines.count; i++)
		r = append_line(reply, &query->lines.items[i], query->lines.texts ? query->lines.texts[i] : NULL);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int read_kind(Task *task, const char *word, AuditFilter *filter)
{
	if (!word || filter_kind_parse(word, &filter->kind))
		return 0;
	return work_fail(&task->work, "InvalidArgs", "there is no kind \"%.*s\"; there are: decision, event, any", (int)LIMIT_METHOD_BYTES, word);
}

/* Options that only some calls have stand at the end. */
static int read_filter(Task *task, AuditFilter *filter, bool kinds, bool *ret_whole)
{
	const char *kind = NULL;
	const BusOption options[] = {
		{ "since", OPTION_NUMBER, &filter->since_us }, { "until", OPTION_NUMBER, &filter->until_us }, { "decision", OPTION_TEXT, &filter->decision },
		{ "user", OPTION_TEXT, &filter->user },        { "image", OPTION_TEXT, &filter->image },      { "rule", OPTION_TEXT, &filter->rule },
		{ "text", OPTION_TEXT, &filter->text },        { "command", OPTION_TEXT, &filter->command },  { "min_score", OPTION_NUMBER, &filter->min_score },
		{ "kind", OPTION_TEXT, &kind },                { "record", OPTION_FLAG, ret_whole },
	};
	int r = options_read(task, options, G_N_ELEMENTS(options) - (ret_whole ? 0 : 1) - (kinds ? 0 : 1));

	return r < 0 ? r : read_kind(task, kind, filter);
}

int audit_filter_read(Task *task, AuditFilter *filter)
{
	return read_filter(task, filter, false, NULL);
}

int audit_filter_read_any(Task *task, AuditFilter *filter)
{
	filter->kind = FILTER_ALL;
	return read_filter(task, filter, true, NULL);
}

static int read_query(Task *task)
{
	Query *query = task->work.data;
	int r = read_filter(task, &query->filter, true, &query->whole);

	return r < 0 ? r : sd_bus_message_read(task->call, "ut", &query->limit, &query->before_id);
}

const Handler audit_query = { sizeof(Query), read_query, query_work, answer };
