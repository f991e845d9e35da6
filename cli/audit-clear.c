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
#include "cli/when.h"
#include "dbus/names.h"

const Option audit_clear_options[] = {
	{ "until", 0, OPTION_TEXT, offsetof(Cli, until), "TIME", "only those before TIME: 90d, 2026-01-31" },
	{ "yes", 'y', OPTION_FLAG, offsetof(Cli, yes), NULL, "do not ask" },
};
const size_t audit_clear_option_count = G_N_ELEMENTS(audit_clear_options);

/* 0, or the exit code. */
static int ask(const Cli *cli)
{
	if (cli->yes)
		return 0;
	if (!ask_possible(cli))
		return output_error(cli, EXIT_USAGE, "usage", "records would be gone for good: say --yes (sentinel audit export keeps a copy)");
	g_autofree char *question =
		g_strdup_printf("Remove %s%s from the audit trail for good?", cli->until ? "the records before " : "all records", cli->until ? cli->until : "");
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

int run_audit_clear(Cli *cli)
{
	sd_bus_message *reply = NULL;
	int64_t until = 0;
	uint64_t entries = 0;

	if (cli->until && !time_parse(cli->until, &until))
		return output_error(cli, EXIT_USAGE, "usage", "--until %s: a time is a span such as 7d or 1h30m, or a date such as 2026-01-31", cli->until);
	int code = ask(cli);
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
