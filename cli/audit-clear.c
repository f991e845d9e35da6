/* SPDX-License-Identifier: MIT
 *
 * audit clear.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

typedef struct Options {
	char *until, *before, *older_than;
	gboolean yes;
} Options;

static const Option rows[] = {
	OPTION(Options, before, "before", 0, "TIME", "only those before TIME: yesterday, 2026-01-31"),
	OPTION(Options, older_than, "older-than", 0, "SPAN", "only those that are older: 90d, 1year"),
	OPTION(Options, until, "until", 0, "TIME", "the same as --before"),
	OPTION(Options, yes, "yes", 'y', NULL, "do not ask"),
};

/* What the options mean: 0 in `ret_until`: all.  0, or the exit code. */
static int read_bound(const Cli *cli, const Options *options, int64_t *ret_until)
{
	const char *time = options->before ? options->before : options->until;
	int64_t span;

	*ret_until = 0;
	if (!!options->before + !!options->until + !!options->older_than > 1)
		return output_error(cli, EXIT_USAGE, "usage", _("--before, --until and --older-than say the same: give one of them"));
	if (time && !time_parse(time, ret_until))
		return output_error(cli, EXIT_USAGE, "usage", "%s %s: " TIME_HELP, options->before ? "--before" : "--until", time);
	if (options->older_than && !span_parse(options->older_than, &span))
		return output_error(cli, EXIT_USAGE, "usage", _("--older-than %s: a span is such as 90d, 1month or 1h30m"), options->older_than);
	if (options->older_than)
		*ret_until = g_get_real_time() - span;
	return 0;
}

/* 0, or the exit code. */
static int ask(const Cli *cli, const Options *options, int64_t until)
{
	if (options->yes)
		return 0;
	if (!ask_possible(cli))
		return output_error(cli, EXIT_USAGE, "usage", _("records would be gone for good: say --yes (sentinel audit export keeps a copy)"));
	g_autofree char *time = until ? time_show(until) : NULL;
	g_autofree char *question = time ? g_strdup_printf(_("Remove the records before %s from the audit trail for good?"), time) :
				     g_strdup(_("Remove all records from the audit trail for good?"));
	if (ask_yes(question) == ANSWER_YES)
		return 0;
	return output_error(cli, EXIT_UNDONE, "cancelled", _("nothing was removed"));
}

static void say(const Cli *cli, uint64_t entries)
{
	if (!cli->json) {
		(void)printf("%" PRIu64 " records removed\n", entries);
		return;
	}
	JsonObject *data = json_object_new();
	json_object_set_int_member(data, "entries", (gint64)entries);
	output_object(true, data);
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	sd_bus_message *reply = NULL;
	int64_t until = 0;
	uint64_t entries = 0;

	int code = read_bound(cli, options, &until);
	if (code == 0)
		code = ask(cli, options, until);
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

const Verb verb_audit_clear = {
	"audit clear", run, 0, 0, "", N_("remove old records from the audit trail"), OPTION_TABLE(Options, rows),
	"audit clear --older-than 1year", .answer = true,
};
