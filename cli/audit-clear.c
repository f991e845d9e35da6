/* SPDX-License-Identifier: MIT
 *
 * audit clear.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

typedef struct Options {
	char *until;
	gboolean yes;
} Options;

static const Option rows[] = {
	OPTION(Options, until, "until", 0, "TIME", "only those before TIME: 90d, 2026-01-31"),
	OPTION(Options, yes, "yes", 'y', NULL, "do not ask"),
};

/* 0, or the exit code. */
static int ask(const Cli *cli, const Options *options)
{
	if (options->yes)
		return 0;
	if (!ask_possible(cli))
		return output_error(cli, EXIT_USAGE, "usage", "records would be gone for good: say --yes (sentinel audit export keeps a copy)");
	g_autofree char *question =
		g_strdup_printf("Remove %s%s from the audit trail for good?", options->until ? "the records before " : "all records", options->until ? options->until : "");
	if (ask_yes(question) == ANSWER_YES)
		return 0;
	return output_error(cli, EXIT_UNDONE, "cancelled", "nothing was removed");
}

static void say(const Cli *cli, uint64_t entries)
{
	if (!cli->json) {
		(void)printf("%" PRIu64 " records removed\n", entries);
		return;
	}
	JsonObject *data = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	json_object_set_int_member(data, "entries", (gint64)entries);
	json_node_take_object(node, data);
	output_json(true, node);
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	sd_bus_message *reply = NULL;
	int64_t until = 0;
	uint64_t entries = 0;

	if (options->until && !time_parse(options->until, &until))
		return output_error(cli, EXIT_USAGE, "usage", "--until %s: a time is a span such as 7d or 1h30m, or a date such as 2026-01-31", options->until);
	int code = ask(cli, options);
	if (code != 0 || (code = client_connect(cli)) != 0)
		return code;
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_AUDIT, "Clear");
	if (!call)
		return EXIT_UNDONE;
	int r = until ? sd_bus_message_append(call, "a{sv}", 1, "until", "t", (uint64_t)until) : sd_bus_message_append(call, "a{sv}", 0);
	if (r < 0) {
		sd_bus_message_unref(call);
		return client_bad_answer(cli, r);
	}
	code = client_call(cli, call, &reply, NULL);
	r = code == 0 ? sd_bus_message_read_basic(reply, 't', &entries) : 0;
	sd_bus_message_unref(reply);
	if (code != 0 || r < 0)
		return code != 0 ? code : client_bad_answer(cli, r);
	say(cli, entries);
	return EXIT_DONE;
}

const Verb verb_audit_clear = { "audit clear", run, 0, 0, "", "remove old records from the audit trail", OPTION_TABLE(Options, rows) };
