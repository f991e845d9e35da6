/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/when.h"
#include "cli/variant.h"
#include "dbus/names.h"

#define DEFAULT_LIMIT 20
#define COLUMNS 6u

typedef struct Options {
	AuditFilter filter;
	int64_t limit;
} Options;

static const Option rows[] = {
	OPTION(Options, limit, "limit", 'n', "N", "show at most N entries (20)"),
	AUDIT_FILTER_OPTIONS(Options),
};

int audit_append_filter(sd_bus_message *call, const AuditFilter *filter, const AuditTimes *times)
{
	const struct { const char *name, *value; } texts[] = {
		{ "decision", filter->decision }, { "user", filter->user }, { "image", filter->image }, { "rule", filter->rule }, { "text", filter->text },
	};
	int r = sd_bus_message_open_container(call, 'a', "{sv}");

	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
		if (texts[i].value)
			r = sd_bus_message_append(call, "{sv}", texts[i].name, "s", texts[i].value);
	if (r >= 0 && times->since)
		r = sd_bus_message_append(call, "{sv}", "since", "t", (uint64_t)times->since);
	if (r >= 0 && times->until)
		r = sd_bus_message_append(call, "{sv}", "until", "t", (uint64_t)times->until);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

static int query(Cli *cli, const Options *options, const AuditTimes *times, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "AuditQuery");
	int r;

	if (!call)
		return EXIT_UNDONE;
	r = audit_append_filter(call, &options->filter, times);
	if (r >= 0)
		r = sd_bus_message_append(call, "ut", (uint32_t)(options->limit ? options->limit : DEFAULT_LIMIT), (uint64_t)0);
	if (r >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return output_error(cli, EXIT_USAGE, "usage", "the filter cannot be sent: %s", g_strerror(-r));
}

static JsonArray *read_entries(sd_bus_message *reply)
{
	g_autoptr(JsonArray) entries = json_array_new();
	int r = sd_bus_message_enter_container(reply, 'a', "a{sv}");

	while (r >= 0 && sd_bus_message_at_end(reply, false) == 0) {
		JsonObject *entry = variant_read_dict(reply);
		if (!entry)
			return NULL;
		json_array_add_object_element(entries, entry);
	}
	return r < 0 ? NULL : g_steal_pointer(&entries);
}

static void add_row(GPtrArray *cells, JsonObject *entry)
{
	const char *user = json_object_get_string_member_with_default(entry, "user", "");

	g_ptr_array_add(cells, g_strdup_printf("%" G_GINT64_FORMAT, json_object_get_int_member_with_default(entry, "id", 0)));
	g_ptr_array_add(cells, time_show(json_object_get_int_member_with_default(entry, "time", 0)));
	g_ptr_array_add(cells, g_strdup(json_object_get_string_member_with_default(entry, "decision", "")));
	g_ptr_array_add(cells, g_strdup_printf("%" G_GINT64_FORMAT, json_object_get_int_member_with_default(entry, "score", 0)));
	g_ptr_array_add(cells, g_strdup(*user ? user : "-"));
	g_ptr_array_add(cells, g_strdup(json_object_get_string_member_with_default(entry, "command", "")));
}

static void print_table(const Cli *cli, JsonArray *entries)
{
	static const char *const heading[COLUMNS] = { "ID", "TIME", "DECISION", "SCORE", "USER", "COMMAND" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < json_array_get_length(entries); i++)
		add_row(cells, json_array_get_object_element(entries, i));
	output_table(cli, cells, COLUMNS);
}

static void print_json(JsonArray *entries)
{
	JsonObject *data = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_object_set_int_member(data, "count", json_array_get_length(entries));
	json_object_set_array_member(data, "entries", json_array_ref(entries));
	json_node_take_object(node, data);
	output_json(true, node);
}

int audit_check_filter(const Cli *cli, const AuditFilter *filter, AuditTimes *ret)
{
	static const char *const decisions[] = { "allowed", "denied", "warned", NULL };

	*ret = (AuditTimes){ 0 };
	if (filter->decision && !g_strv_contains(decisions, filter->decision))
		return output_error(cli, EXIT_USAGE, "usage", "--decision %s: expected allowed, denied or warned", filter->decision);
	if ((filter->since && !time_parse(filter->since, &ret->since)) || (filter->until && !time_parse(filter->until, &ret->until)))
		return output_error(cli, EXIT_USAGE, "usage", "a time is a span such as 7d or 1h30m, or a date such as 2026-01-31");
	return 0;
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	sd_bus_message *reply = NULL;
	AuditTimes times;
	int code = audit_check_filter(cli, &options->filter, &times);

	if (code == 0)
		code = client_connect(cli);
	if (code == 0)
		code = query(cli, options, &times, &reply);
	if (code != 0)
		return code;
	g_autoptr(JsonArray) entries = read_entries(reply);
	sd_bus_message_unref(reply);
	if (!entries)
		return client_bad_answer(cli, -EBADMSG);
	if (cli->json)
		print_json(entries);
	else
		print_table(cli, entries);
	return EXIT_DONE;
}

const Verb verb_audit_list = { "audit list", run, 0, 0, "", "show the newest decisions", OPTION_TABLE(Options, rows) };
