/* SPDX-License-Identifier: MIT
 *
 * audit stats and export.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/layout.h"
#include "cli/output.h"
#include "cli/table.h"
#include "dbus/names.h"

#define COLUMNS 3u
#define BAR_WIDTH 30

typedef struct Options {
	AuditFilter filter;
} Options;

static const Option rows[] = { AUDIT_FILTER_OPTIONS(Options) };

typedef struct ExportOptions {
	AuditFilter filter;
	char *format, *output;
} ExportOptions;

static const Option export_rows[] = {
	AUDIT_FILTER_OPTIONS(ExportOptions),
	OPTION(ExportOptions, format, "format", 0, "FORMAT", "json, jsonl, csv or cef", .fallback = "json"),
	OPTION(ExportOptions, output, "output", 'o', "FILE", "write FILE, whole or not at all, instead of the standard output"),
};

static sd_bus_message *call_new(Cli *cli, const char *member)
{
	return client_call_new(cli, SENTINEL_INTERFACE_AUDIT, member);
}

static int send_call(Cli *cli, sd_bus_message *call, int r, sd_bus_message **ret_reply)
{
	if (r >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return output_error(cli, EXIT_USAGE, "usage", "the filter cannot be sent: %s", g_strerror(-r));
}

/* One {sv} of the statistics: "total" t, or a name with a{st}. */
static int read_statistic(sd_bus_message *reply, JsonObject *data)
{
	const char *name, *type, *value;
	uint64_t count;
	int r = sd_bus_message_read_basic(reply, 's', &name);

	if (r < 0 || (r = sd_bus_message_peek_type(reply, NULL, &type)) < 0)
		return r;
	if (!strcmp(type, "t")) {
		if ((r = sd_bus_message_read(reply, "v", "t", &count)) >= 0)
			json_object_set_int_member(data, name, (gint64)count);
		return r;
	}
	JsonObject *counts = json_object_new();
	json_object_set_object_member(data, name, counts);
	if ((r = sd_bus_message_enter_container(reply, 'v', "a{st}")) < 0 || (r = sd_bus_message_enter_container(reply, 'a', "{st}")) < 0)
		return r;
	while ((r = sd_bus_message_read(reply, "{st}", &value, &count)) > 0)
		json_object_set_int_member(counts, value, (gint64)count);
	if (r < 0 || (r = sd_bus_message_exit_container(reply)) < 0)
		return r;
	return sd_bus_message_exit_container(reply);
}

int audit_read_statistics(sd_bus_message *reply, JsonObject *data)
{
	int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0)
		if ((r = read_statistic(reply, data)) >= 0)
			r = sd_bus_message_exit_container(reply);
	return r;
}

/* As long as the count is beside the greatest one. */
static char *bar_of(int64_t count, int64_t most)
{
	GString *bar = g_string_new(NULL);

	for (int64_t i = 0; i < (most ? (count * BAR_WIDTH + most - 1) / most : 0); i++)
		g_string_append(bar, layout_is_utf8() ? "▇" : "#");
	return g_string_free(bar, FALSE);
}

static void add_rows(GPtrArray *cells, const char *what, JsonObject *counts, bool bars)
{
	g_autoptr(GList) names = json_object_get_members(counts);
	int64_t most = 0;

	for (const GList *at = names; at; at = at->next)
		most = MAX(most, json_object_get_int_member(counts, at->data));
	for (const GList *at = names; at; at = at->next) {
		int64_t count = json_object_get_int_member(counts, at->data);
		g_ptr_array_add(cells, g_strdup(what));
		g_ptr_array_add(cells, g_strdup_printf("%" PRId64, count));
		if (bars)
			g_ptr_array_add(cells, bar_of(count, most));
		g_ptr_array_add(cells, g_strdup(*(const char *)at->data ? at->data : "-"));
	}
}

static void print_statistics(Cli *cli, JsonObject *data)
{
	static const struct { const char *name, *what; } parts[] = { { "decisions", "decision" }, { "rules", "rule" }, { "users", "user" }, { "images", "image" },
		{ "calls", "call" }, { "hours", "hour" } };
	static const char *const heading[COLUMNS] = { "WHAT", "COUNT", "VALUE" };
	const bool bars = layout_is_terminal();
	const int64_t folded = json_object_get_int_member_with_default(data, "folded", 0);
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++) {
		if (bars && i == COLUMNS - 1)
			g_ptr_array_add(cells, g_strdup(""));
		g_ptr_array_add(cells, g_strdup(heading[i]));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		if (json_object_has_member(data, parts[i].name))
			add_rows(cells, parts[i].what, json_object_get_object_member(data, parts[i].name), bars);
	table_print(cli, cells, COLUMNS + bars);
	if (cli->no_legend)
		return;
	(void)printf("%" PRId64 " decisions\n", json_object_get_int_member_with_default(data, "total", 0));
	if (folded)
		(void)printf("and %" PRId64 " reads that were let through and only counted (audit.log_reads)\n", folded);
}

static int run_stats(Cli *cli, const void *data)
{
	const Options *options = data;
	g_autoptr(JsonObject) statistics = json_object_new();
	sd_bus_message *reply = NULL;
	AuditTimes times;
	int code = audit_check_filter(cli, &options->filter, &times);

	if (code != 0 || (code = client_connect(cli)) != 0)
		return code;
	sd_bus_message *call = call_new(cli, "Stats");
	if (!call)
		return EXIT_UNDONE;
	code = send_call(cli, call, audit_append_filter(call, &options->filter, &times, NULL, false), &reply);
	int r = code == 0 ? audit_read_statistics(reply, statistics) : 0;
	sd_bus_message_unref(reply);
	if (code != 0 || r < 0)
		return code != 0 ? code : client_bad_answer(cli, r);
	if (cli->json) {
		output_object(true, json_object_ref(statistics));
	} else {
		print_statistics(cli, statistics);
	}
	return EXIT_DONE;
}

const Verb verb_audit_stats = {
	"audit stats", run_stats, 0, 0, "", N_("count decisions by rule, user, image, call and hour"), OPTION_TABLE(Options, rows),
	"audit stats --since 7d",
};

static void say_exported(const Cli *cli, const char *output, uint64_t entries)
{
	if (!cli->json && cli->quiet)
		return;
	if (!cli->json) {
		(void)fprintf(stderr, "%" PRIu64 " entries written to %s\n", entries, output);
		return;
	}
	JsonObject *data = json_object_new();
	json_object_set_int_member(data, "entries", (gint64)entries);
	output_set_text(data, "output", output);
	output_object(true, data);
}

static int export_to(Cli *cli, const ExportOptions *options, const AuditTimes *times, int fd, uint64_t *ret_entries)
{
	sd_bus_message *call = call_new(cli, "Export"), *reply = NULL;

	*ret_entries = 0;
	if (!call)
		return EXIT_UNDONE;
	int r = audit_append_filter(call, &options->filter, times, NULL, false);
	if (r >= 0)
		r = sd_bus_message_append(call, "sh", options->format ? options->format : "json", fd);
	int code = send_call(cli, call, r, &reply);
	r = code == 0 ? sd_bus_message_read_basic(reply, 't', ret_entries) : 0;
	sd_bus_message_unref(reply);
	return code == 0 && r < 0 ? client_bad_answer(cli, r) : code;
}

/* Beside the file, which is replaced when all of it is on disk. */
static int export_to_file(Cli *cli, const ExportOptions *options, const AuditTimes *times)
{
	g_autofree char *fresh = g_strconcat(options->output, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(fresh, O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return output_error(cli, EXIT_UNDONE, "failed", "cannot write %s: %s", options->output, g_strerror(errno));
	uint64_t entries;
	int code = export_to(cli, options, times, fd, &entries);
	bool good = code == 0 && fsync(fd) == 0;
	good = close(fd) == 0 && good && rename(fresh, options->output) == 0;
	if (code == 0 && !good)
		code = output_error(cli, EXIT_UNDONE, "failed", "cannot write %s: %s", options->output, g_strerror(errno));
	if (good)
		say_exported(cli, options->output, entries);
	else
		(void)unlink(fresh);
	return code;
}

static int run_export(Cli *cli, const void *data)
{
	const ExportOptions *options = data;
	struct stat status;
	AuditTimes times;
	uint64_t entries;
	int code = audit_check_filter(cli, &options->filter, &times);

	if (code == 0 && cli->json && !options->output)
		code = output_error(cli, EXIT_USAGE, "usage", "--json with export needs --output FILE: two answers do not mix");
	if (code != 0 || (code = client_connect(cli)) != 0)
		return code;
	if (options->output)
		return export_to_file(cli, options, &times);
	cli->streams = fstat(STDOUT_FILENO, &status) != 0 || !S_ISREG(status.st_mode);
	return export_to(cli, options, &times, STDOUT_FILENO, &entries);
}

const Verb verb_audit_export = {
	"audit export", run_export, 0, 0, "", N_("write the audit trail to a file"), OPTION_TABLE(ExportOptions, export_rows),
	"audit export --format csv --output audit.csv",
};
