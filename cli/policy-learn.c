/* SPDX-License-Identifier: MIT
 *
 * policy learn: a draft with exceptions for the recorded calls that a policy would deny.  Nothing is put in force.
 */
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

typedef struct Options {
	char *since, *until, *file, *base, *user, *name, *owner, *lasts, *output;
	gboolean force;
} Options;

static const Option rows[] = {
	OPTION(Options, since, "since", 0, "TIME", "only from then on: 7d, 2026-01-31"),
	OPTION(Options, until, "until", 0, "TIME", "only before"),
	OPTION(Options, file, "file", 'f', "FILE", "of the calls in this file, a copy of audit.jsonl or an export as jsonl, instead of the trail"),
	OPTION(Options, base, "base", 'b', "NAME|FILE", "the policy to start from", .fallback = "production"),
	OPTION(Options, user, "user", 'u', "USER", "only what this user asked"),
	OPTION(Options, name, "name", 0, "NEW-NAME", "what the draft calls itself", .fallback = "BASE-learned"),
	OPTION(Options, owner, "owner", 0, "TEXT", "who answers for the exceptions", .fallback = N_("you")),
	OPTION(Options, lasts, "for", 0, "SPAN", "how long they hold, as 30d", .fallback = "90d"),
	OPTION(Options, output, "output", 'o', "FILE", "write to FILE instead of the standard output"),
	OPTION(Options, force, "force", 0, NULL, "also when there is such a file"),
};

static int append_terms(const Cli *cli, sd_bus_message *call, const Options *options)
{
	const struct { const char *name, *text; } texts[] = { { "user", options->user }, { "name", options->name }, { "owner", options->owner } };
	int code = policy_append_time(cli, call, "since", options->since);

	if (code == 0)
		code = policy_append_time(cli, call, "until", options->until);
	if (code == 0)
		code = policy_append_file(cli, call, options->file);
	if (code == 0)
		code = policy_append_duration(cli, call, options->lasts);
	for (size_t i = 0; code == 0 && i < G_N_ELEMENTS(texts); i++)
		if (texts[i].text && sd_bus_message_append(call, "{sv}", texts[i].name, "s", texts[i].text) < 0)
			code = output_error(cli, EXIT_USAGE, "usage", "--%s: the text cannot be sent", texts[i].name);
	return code;
}

static int ask(Cli *cli, const Options *options, const char *yaml, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Learn");
	int code = call ? 0 : EXIT_UNDONE;

	if (code == 0 && (sd_bus_message_append_basic(call, 's', yaml) < 0 || sd_bus_message_open_container(call, 'a', "{sv}") < 0))
		code = output_error(cli, EXIT_USAGE, "usage", "the text cannot be sent");
	if (code == 0)
		code = append_terms(cli, call, options);
	if (code == 0 && sd_bus_message_close_container(call) >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return code;
}

static gint64 count_of(JsonObject *counts, const char *name)
{
	return json_object_get_int_member_with_default(counts, name, 0);
}

/* For people, beside the draft: what it is, and what to do with it. */
static void tell(const Options *options, JsonObject *counts)
{
	const char *file = options->output ? options->output : "FILE";
	g_autofree char *clean = output_clean(file);

	(void)fprintf(stderr, "%" G_GINT64_FORMAT " recorded calls were let through; the policy would deny %" G_GINT64_FORMAT ", and of %" G_GINT64_FORMAT " it is not known.\n",
		count_of(counts, "calls"), count_of(counts, "denied"), count_of(counts, "unknown"));
	(void)fprintf(stderr, "%" G_GINT64_FORMAT " exceptions would let %" G_GINT64_FORMAT " through; %" G_GINT64_FORMAT " stay denied, the draft says why.\n",
		count_of(counts, "exceptions"), count_of(counts, "proposed"), count_of(counts, "refused"));
	(void)fprintf(stderr, "Nothing is in force. Read each exception, then try the draft: sentinel policy test %s; sentinel policy replay %s\n", clean, clean);
}

static int show(const Cli *cli, const Options *options, const char *draft, JsonObject *counts)
{
	int code = options->output ? policy_write_file(cli, options->output, draft, options->force) : 0;

	if (code != 0)
		return code;
	if (cli->json) {
		JsonObject *data = json_object_new();
		json_object_set_object_member(data, "counts", json_object_ref(counts));
		output_set_text(data, options->output ? "output" : "draft", options->output ? options->output : draft);
		output_object(true, data);
		return EXIT_DONE;
	}
	if (!options->output)
		(void)fputs(draft, stdout);
	tell(options, counts);
	return EXIT_DONE;
}

static int read_answer(const Cli *cli, const char *base, sd_bus_message *reply, const char **ret_draft, JsonObject *counts)
{
	int code = policy_read_errors(cli, reply, base), r = code == 0 ? sd_bus_message_read_basic(reply, 's', ret_draft) : 0;

	if (code == 0 && r >= 0)
		r = policy_read_counts(reply, counts);
	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

static int run_learn(Cli *cli, const void *data)
{
	const Options *options = data;
	const char *base = options->base ? options->base : "production", *draft = "";
	g_autoptr(JsonObject) counts = json_object_new();
	g_autofree char *yaml = NULL;
	sd_bus_message *reply = NULL;
	int code = 0;

	if (options->output && !options->force && g_file_test(options->output, G_FILE_TEST_EXISTS))
		return output_error(cli, EXIT_USAGE, "usage", "there is a file %s already; name another one, or add --force", options->output);
	code = client_connect(cli);
	if (code == 0)
		code = policy_read(cli, base, &yaml);
	if (code == 0)
		code = ask(cli, options, yaml, &reply);
	if (code == 0)
		code = read_answer(cli, base, reply, &draft, counts);
	if (code == 0)
		code = show(cli, options, draft, counts);
	sd_bus_message_unref(reply);
	return code;
}

const Verb verb_policy_learn = {
	"policy learn", run_learn, 0, 0, "", N_("write a draft with exceptions for the recorded calls that a policy would deny, to be read and tried"),
	OPTION_TABLE(Options, rows),
	"policy learn --since 30d --output draft.yaml",
};
