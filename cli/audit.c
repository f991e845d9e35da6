/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/variant.h"
#include "cli/when.h"
#include "dbus/names.h"

#define DEFAULT_LIMIT 20
#define MOST_LIMIT 10000 /* of one answer of the service's */
#define FOLD_FACTOR 6    /* one docker run is that many calls, and one more */

typedef struct Options {
	AuditFilter filter;
	int64_t limit;
	char *before;
	gboolean all, events;
} Options;

static const Option rows[] = {
	OPTION(Options, limit, "limit", 'n', "N", "show at most N lines", .fallback = "20"),
	AUDIT_FILTER_OPTIONS(Options),
	OPTION(Options, before, "before", 0, "ID", "only those before this decision: the next page"),
	OPTION(Options, all, "all", 'a', NULL, "every call has its line: also those that are a part of docker run or docker exec"),
	OPTION(Options, events, "events", 0, NULL, "only what happened to the guard itself: starts, changes of policies, grants"),
};

int audit_append_filter(sd_bus_message *call, const AuditFilter *filter, const AuditTimes *times, const char *kind, bool whole)
{
	const struct {
		const char *name, *value;
	} texts[] = {
		{ "decision", filter->decision },
		{ "user", filter->user },
		{ "image", filter->image },
		{ "rule", filter->rule },
		{ "command", filter->command },
		{ "text", filter->text },
		{ "kind", kind },
	};
	const struct {
		const char *name;
		int64_t value;
	} numbers[] = { { "since", times->since }, { "until", times->until }, { "min_score", filter->min_score } };
	int r = sd_bus_message_open_container(call, 'a', "{sv}");

	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
		if (texts[i].value)
			r = sd_bus_message_append(call, "{sv}", texts[i].name, "s", texts[i].value);
	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(numbers); i++)
		if (numbers[i].value)
			r = sd_bus_message_append(call, "{sv}", numbers[i].name, "t", (uint64_t)numbers[i].value);
	if (r >= 0 && whole)
		r = sd_bus_message_append(call, "{sv}", "record", "b", 1);
	return r < 0 ? r : sd_bus_message_close_container(call);
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

int audit_query(Cli *cli, const AuditPage *page, JsonArray **ret)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "AuditQuery"), *reply = NULL;

	if (!call)
		return EXIT_UNDONE;
	if (page->quiet)
		(void)sd_bus_message_set_allow_interactive_authorization(call, 0);
	int r = audit_append_filter(call, page->filter, page->times, page->kind ? page->kind : "any", page->whole);
	if (r >= 0)
		r = sd_bus_message_append(call, "ut", page->limit, page->before);
	if (r < 0) {
		sd_bus_message_unref(call);
		return output_error(cli, EXIT_USAGE, "usage", "the filter cannot be sent: %s", g_strerror(-r));
	}
	int code = client_call(cli, call, &reply, NULL);
	if (code != 0)
		return code;
	*ret = read_entries(reply);
	sd_bus_message_unref(reply);
	return *ret ? 0 : client_bad_answer(cli, -EBADMSG);
}

uint64_t audit_id(JsonObject *entry)
{
	return (uint64_t)json_object_get_int_member_with_default(entry, "id", 0);
}

bool audit_read_id(const char *word, uint64_t *ret)
{
	return g_ascii_string_to_unsigned(word, 10, 1, G_MAXINT64 - 1, ret, NULL);
}

static void print_json(JsonArray *entries)
{
	JsonObject *data = json_object_new();

	json_object_set_int_member(data, "count", json_array_get_length(entries));
	json_object_set_array_member(data, "entries", json_array_ref(entries));
	output_object(true, data);
}

int audit_check_filter(const Cli *cli, const AuditFilter *filter, AuditTimes *ret)
{
	static const char *const decisions[] = { "allowed", "denied", "warned", NULL };

	*ret = (AuditTimes){ 0 };
	if (filter->decision && !g_strv_contains(decisions, filter->decision))
		return output_error(cli, EXIT_USAGE, "usage", "--decision %s: expected allowed, denied or warned", filter->decision);
	if (filter->since && !time_parse(filter->since, &ret->since))
		return output_error(cli, EXIT_USAGE, "usage", "--since %s: " TIME_HELP, filter->since);
	if (filter->until && !time_parse(filter->until, &ret->until))
		return output_error(cli, EXIT_USAGE, "usage", "--until %s: " TIME_HELP, filter->until);
	return 0;
}

/* Behind a page that may not be the last. */
static void say_more(const Cli *cli, JsonArray *entries, const GArray *lines, guint shown, uint32_t asked)
{
	if (!cli->quiet && !cli->no_legend && shown && (lines->len > shown || json_array_get_length(entries) == asked) && isatty(STDERR_FILENO))
		(void)fprintf(
			stderr, "older ones: --before %" G_GUINT64_FORMAT "\n", audit_id(g_array_index(lines, AuditRow, shown - 1).entry));
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	const bool fold = !options->all && !cli->json;
	const int64_t limit = options->limit ? options->limit : DEFAULT_LIMIT;
	g_autoptr(JsonArray) entries = NULL;
	uint64_t before = 0;
	AuditTimes times;
	int code = audit_check_filter(cli, &options->filter, &times);

	if (limit > MOST_LIMIT && code == 0)
		code = output_error(cli, EXIT_USAGE, "usage",
			"--limit %" G_GINT64_FORMAT ": at most %d; --before shows the next page, and sentinel audit export writes all",
			limit, MOST_LIMIT);
	if (code == 0 && options->before && !audit_read_id(options->before, &before))
		code = output_error(cli, EXIT_USAGE, "usage", "--before %s: expected the number of a decision", options->before);
	const AuditPage page = { &options->filter, &times, (uint32_t)MIN(fold ? (limit + 1) * FOLD_FACTOR : limit, MOST_LIMIT), before,
		options->events ? "event" : "any", false };
	if (code == 0)
		code = client_connect(cli);
	if (code == 0)
		code = audit_query(cli, &page, &entries);
	if (code != 0)
		return code;
	if (cli->json) {
		print_json(entries);
		return EXIT_DONE;
	}
	g_autoptr(GArray) lines = audit_rows(entries, fold);
	audit_print_rows(cli, lines, (guint)limit);
	say_more(cli, entries, lines, MIN(lines->len, (guint)limit), page.limit);
	return EXIT_DONE;
}

const Verb verb_audit_list = {
	"audit list", run, 0, 0, "", N_("show the newest decisions"), OPTION_TABLE(Options, rows),
	"audit list --decision denied --since 7d",
};
