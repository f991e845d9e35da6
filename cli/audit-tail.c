/* SPDX-License-Identifier: MIT
 *
 * audit tail: the newest records, and then those that come.
 *
 * What is shown is read from the trail; DecisionMade only says that there is something new.  So nothing is missing between what was there and
 * what comes, and nothing is shown twice.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/when.h"
#include "dbus/names.h"

#define DEFAULT_LINES 10
#define PAGE 500u
#define WINDOW 64u                        /* ids are taken before lines are written: neighbours may come in the other order */
#define PAUSE_US (100 * (uint64_t)1000)   /* so many records come at once */
#define LOOK_US (1000 * (uint64_t)1000)   /* of events nobody tells */

typedef struct Options {
	AuditFilter filter;
	int64_t lines;
	gboolean events;
} Options;

static const Option rows[] = {
	OPTION(Options, lines, "lines", 'n', "N", "begin with the newest N", .fallback = "10"),
	OPTION(Options, events, "events", 0, NULL, "only what happened to the guard itself"),
	AUDIT_FILTER_OPTIONS(Options),
};

typedef struct Tail {
	Cli *cli;
	const Options *options;
	AuditTimes times;
	uint64_t highest;      /* id that was shown, or was there before */
	uint64_t shown[WINDOW]; /* by id modulo WINDOW */
	bool begun, news;
} Tail;

static void print_row(const Tail *tail, JsonObject *entry)
{
	const bool event = audit_is_event(entry);
	const char *decision = json_object_get_string_member_with_default(entry, event ? "kind" : "decision", "");
	const Paint paint = event ? PAINT_BOLD : !strcmp(decision, "denied") ? PAINT_RED : !strcmp(decision, "warned") ? PAINT_YELLOW : PAINT_GREEN;
	const char *user = json_object_get_string_member_with_default(entry, "user", "");
	JsonObject *worst = audit_worst(entry);
	g_autofree char *time = time_show(json_object_get_int_member_with_default(entry, "time", 0)), *padded = g_strdup_printf("%-8s", decision);
	g_autofree char *painted = output_paint(tail->cli, paint, padded), *who = output_clean(*user ? user : "-");
	g_autofree char *command = output_clean(json_object_get_string_member_with_default(entry, "command", ""));
	g_autofree char *reason = output_clean(worst ? json_object_get_string_member_with_default(worst, "message", "") : "");
	g_autofree char *score = event ? g_strdup("-") : g_strdup_printf("%" PRId64, json_object_get_int_member_with_default(entry, "score", 0));

	(void)printf("%-8" PRIu64 "  %s  %s  %-5s  %-12s  %s%s%s\n", audit_id(entry), time, painted, score, who, command, *reason ? "  " : "", reason);
}

/* One JSON object a line, the record itself: a stream has no envelope. */
static void print_record(JsonObject *entry)
{
	g_autofree char *record = output_clean(json_object_get_string_member_with_default(entry, "record", ""));

	(void)puts(record);
}

static bool is_new(const Tail *tail, uint64_t id)
{
	return id + WINDOW > tail->highest && tail->shown[id % WINDOW] != id;
}

static void show(Tail *tail, JsonObject *entry)
{
	const uint64_t id = audit_id(entry);

	tail->shown[id % WINDOW] = id;
	tail->highest = MAX(tail->highest, id);
	if (tail->cli->json)
		print_record(entry);
	else
		print_row(tail, entry);
}

/* What was not shown yet, newest first; back to where the last look ended.  0, or the exit code. */
static int collect(const Tail *tail, GPtrArray *pages, GPtrArray *found)
{
	const uint64_t enough = tail->begun ? UINT64_MAX : (uint64_t)tail->options->lines;
	AuditPage page = { .filter = &tail->options->filter, .times = &tail->times, .kind = tail->options->events ? "event" : "any", .whole = true, .quiet = tail->begun };
	const uint64_t seen = tail->begun && tail->highest > WINDOW ? tail->highest - WINDOW : 0;
	uint64_t lowest = UINT64_MAX;

	while (found->len < enough && lowest > seen) {
		JsonArray *entries = NULL;
		page.limit = (uint32_t)MIN(enough - found->len, found->len || !tail->begun ? PAGE : 2 * WINDOW);
		int code = audit_query(tail->cli, &page, &entries);
		if (code != 0)
			return code;
		g_ptr_array_add(pages, entries);
		const guint count = json_array_get_length(entries);
		for (guint i = 0; i < count; i++) {
			JsonObject *entry = json_array_get_object_element(entries, i);
			if (is_new(tail, audit_id(entry)))
				g_ptr_array_add(found, entry);
			lowest = audit_id(entry);
		}
		page.before = lowest;
		if (count < page.limit)
			break;
	}
	return 0;
}

static void array_free(void *array)
{
	json_array_unref(array);
}

static int look(Tail *tail)
{
	g_autoptr(GPtrArray) pages = g_ptr_array_new_with_free_func(array_free), found = g_ptr_array_new();
	int code = collect(tail, pages, found);

	for (guint i = found->len; code == 0 && i > 0; i--)
		show(tail, g_ptr_array_index(found, i - 1));
	tail->begun = true;
	(void)fflush(stdout);
	return code;
}

static int on_decision(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Tail *tail = data;

	(void)error;
	tail->news = tail->news || client_is_from_service(tail->cli, message);
	return 0;
}

/* The path from which DecisionMade comes to this caller. */
static int subscribe(Tail *tail)
{
	Cli *cli = tail->cli;
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Subscribe"), *reply = NULL;
	const char *path = NULL;

	if (!call)
		return EXIT_UNDONE;
	int code = client_call(cli, call, &reply, NULL);
	int r = code == 0 ? sd_bus_message_read_basic(reply, 'o', &path) : 0;
	if (code == 0 && r >= 0)
		r = sd_bus_match_signal(cli->connection, NULL, SENTINEL_BUS_NAME, path, SENTINEL_INTERFACE_MANAGER, "DecisionMade", on_decision, tail);
	sd_bus_message_unref(reply);
	return r < 0 ? client_bad_answer(cli, r) : code;
}

/* Until there is something new, or it is time to look.  A negative errno: the connection is gone. */
static int wait_for_news(Tail *tail)
{
	const int64_t until = g_get_monotonic_time() + (int64_t)LOOK_US;
	int r = 0;

	for (int64_t left = (int64_t)LOOK_US; r >= 0 && left > 0 && !tail->news; left = until - g_get_monotonic_time())
		if ((r = sd_bus_process(tail->cli->connection, NULL)) == 0 && !tail->news)
			r = sd_bus_wait(tail->cli->connection, (uint64_t)left);
	if (r >= 0 && tail->news)
		g_usleep(PAUSE_US);
	while (r > 0)
		r = sd_bus_process(tail->cli->connection, NULL);
	tail->news = false;
	return r;
}

static int run(Cli *cli, const void *data)
{
	Options options = *(const Options *)data;
	Tail tail = { .cli = cli, .options = &options };
	int r = 0, code = cli->local ? output_error(cli, EXIT_USAGE, "usage", "a private sentineld decides nothing; there is nothing to wait for")
				     : audit_check_filter(cli, &options.filter, &tail.times);

	options.lines = options.lines ? options.lines : DEFAULT_LINES;
	if (code != 0 || (code = client_connect(cli)) != 0 || (code = subscribe(&tail)) != 0)
		return code;
	if (!cli->json)
		(void)printf("%-8s  %-19s  %-8s  %-5s  %-12s  %s\n", "ID", "TIME", "DECISION", "SCORE", "USER", "COMMAND, REASON");
	while (r >= 0) {
		if ((code = look(&tail)) != 0)
			return code;
		r = wait_for_news(&tail);
	}
	return output_error(cli, EXIT_UNDONE, "unreachable", "the connection to D-Bus is gone: %s", g_strerror(-r));
}

const Verb verb_audit_tail = {
	"audit tail", run, 0, 0, "", N_("show decisions as they are made"), OPTION_TABLE(Options, rows),
	"audit tail --decision denied",
};
