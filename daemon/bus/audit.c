/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/line.h"
#include "audit/query.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/users.h"
#include "bus/gate.h"

typedef struct LineList {
	AuditLine *items;
	size_t count;
} LineList;

/* One AuditQuery on its way through the worker, which also takes the lines apart. */
typedef struct Query {
	sd_bus_message *call;
	Index *index;
	char *audit_dir;
	Arena *arena;
	AuditFilter filter;
	uint32_t limit;
	uint64_t before_id;
	bool only_own; /* the caller may see what they did themselves */
	uid_t uid;
	LineList lines;
	GError *error;
} Query;

static void query_free(Query *query)
{
	sd_bus_message_unref(query->call);
	arena_free(query->arena);
	g_free(query->audit_dir);
	g_clear_error(&query->error);
	g_free(query);
}

/* Only what is certain: "one-of:..." is not the name of a user. */
static bool narrow(Query *query)
{
	if (!query->only_own)
		return true;
	g_autofree char *name = user_name(USER_DATABASE, query->uid);
	if (query->filter.user && *query->filter.user && strcmp(query->filter.user, name) != 0)
		return false;
	query->filter.user = arena_strdup(query->arena, name);
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

static void query_work(void *data)
{
	Query *query = data;

	if (!narrow(query) || !audit_wait(query->index, query->audit_dir, &query->error))
		return;
	g_autoptr(GPtrArray) rows = query_run(query->audit_dir, &query->filter, query->limit, query->before_id, &query->error);
	query->lines.items = arena_alloc(query->arena, (rows ? rows->len + 1 : 1) * sizeof(AuditLine));
	for (guint i = 0; rows && i < rows->len; i++) {
		const AuditRow *row = g_ptr_array_index(rows, i);
		/* The row goes away, the line's strings point into their own copies. */
		if (line_read(row->json, strlen(row->json), query->arena, &query->lines.items[query->lines.count]))
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
		const LineFinding *f = &line->findings[i];
		if ((r = sd_bus_message_append(reply, "(sssss)", f->rule, f->severity, f->category, f->action, f->message)) < 0)
			return r;
	}
	if ((r = sd_bus_message_close_container(reply)) < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_line(sd_bus_message *reply, const AuditLine *line)
{
	const struct { const char *name, *text; } texts[] = {
		{ "decision", line->decision }, { "mode", line->mode },         { "policy", line->policy },   { "user", line->user },   { "method", line->method },
		{ "uri", line->uri },           { "endpoint", line->endpoint }, { "command", line->command }, { "image", line->image }, { "subject", line->subject },
	};
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "id", "t", (uint64_t)line->id, "time", "t", (uint64_t)line->time_us, "score", "u",
			(uint32_t)line->score, "max_score", "u", (uint32_t)line->max_score, "duration_us", "t", (uint64_t)line->duration_us);
	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
		r = sd_bus_message_append(reply, "{sv}", texts[i].name, "s", texts[i].text);
	if (r >= 0)
		r = append_findings(reply, line);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int answer(const Query *query)
{
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(query->call, &reply);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "a{sv}");
	for (size_t i = 0; r >= 0 && i < query->lines.count; i++)
		r = append_line(reply, &query->lines.items[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static void query_done(void *data)
{
	Query *query = data;

	if (query->error)
		(void)bus_reply_error(query->call, query->error);
	else if (answer(query) < 0)
		(void)bus_reply_named(query->call, "LimitExceeded", "the answer is too large for one message; ask for fewer entries");
	query_free(query);
}

int audit_filter_read(sd_bus_message *call, AuditFilter *filter, Arena *arena)
{
	const BusOption options[] = {
		{ "since", OPTION_NUMBER, &filter->since_us }, { "until", OPTION_NUMBER, &filter->until_us }, { "decision", OPTION_TEXT, &filter->decision },
		{ "user", OPTION_TEXT, &filter->user },        { "image", OPTION_TEXT, &filter->image },      { "rule", OPTION_TEXT, &filter->rule },
		{ "text", OPTION_TEXT, &filter->text },
	};

	return options_read(call, options, G_N_ELEMENTS(options), arena);
}

static int read_query(Query *query)
{
	int r = audit_filter_read(query->call, &query->filter, query->arena);

	if (r != 0)
		return r;
	r = sd_bus_message_read(query->call, "ut", &query->limit, &query->before_id);
	return r < 0 ? r : 0;
}

int audit_query(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;
	Query *query = g_new0(Query, 1);

	(void)error;
	*query = (Query){
		.call = sd_bus_message_ref(call), .index = bus->context->index, .arena = arena_new(), .audit_dir = g_strdup(bus->context->paths->audit_dir),
		.only_own = !gate_allows(bus, call, ACTION_AUDIT_READ), .uid = gate_uid(bus, call),
	};
	int r = read_query(query);
	if (r == 0 && bus_submit(bus, call, query_work, query_done, query))
		return 1;
	if (r == 0)
		r = bus_reply_named(call, "Busy", "too many calls wait; try again");
	query_free(query);
	return r;
}
