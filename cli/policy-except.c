/* SPDX-License-Identifier: MIT
 *
 * policy except: an exception of the policy in force, for one denied call.
 */
#include <stdio.h>
#include <string.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "dbus/names.h"

typedef struct Options {
	char *reason, *owner, *lasts;
	gboolean dry_run;
} Options;

static const Option rows[] = {
	OPTION(Options, reason, "reason", 'r', "TEXT", "why (needed)"),
	OPTION(Options, owner, "owner", 0, "TEXT", "who answers for it", .fallback = N_("you")),
	OPTION(Options, lasts, "for", 0, "SPAN", "how long it holds, as 12h or 30d; it ends at the end of a day", .fallback = "30d"),
	OPTION(Options, dry_run, "dry-run", 'n', NULL, "only show the exception and what it changes"),
};

static int append_terms(const Cli *cli, sd_bus_message *call, const Options *options)
{
	const struct { const char *name, *text; } texts[] = { { "reason", options->reason }, { "owner", options->owner } };
	int code = policy_append_duration(cli, call, options->lasts);

	for (size_t i = 0; code == 0 && i < G_N_ELEMENTS(texts); i++)
		if (texts[i].text && sd_bus_message_append(call, "{sv}", texts[i].name, "s", texts[i].text) < 0)
			code = output_error(cli, EXIT_USAGE, "usage", "--%s: the text cannot be sent", texts[i].name);
	return code;
}

static int ask(Cli *cli, const Options *options, uint64_t id, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Except");
	int code = call ? 0 : EXIT_UNDONE;

	if (code == 0 && (sd_bus_message_append_basic(call, 't', &id) < 0 || sd_bus_message_open_container(call, 'a', "{sv}") < 0))
		code = output_error(cli, EXIT_USAGE, "usage", "the number cannot be sent");
	if (code == 0)
		code = append_terms(cli, call, options);
	if (code == 0 && sd_bus_message_close_container(call) >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return code;
}

/* What the policy as a whole allows more, by its meaning. */
static int print_difference(Cli *cli, const char *before, const char *after)
{
	sd_bus_message *reply = NULL;
	const char *effect, *key, *text;
	int code = policy_call(cli, "Diff", before, after, &reply);

	if (code == 0)
		code = policy_read_errors(cli, reply, "the policy");
	int r = code == 0 ? sd_bus_message_enter_container(reply, 'a', "(sss)") : 0;
	while (code == 0 && r >= 0 && (r = sd_bus_message_read(reply, "(sss)", &effect, &key, &text)) > 0) {
		g_autofree char *line = g_strdup_printf("%s %s: %s", effect, key, text), *clean = output_clean(line);
		(void)printf("%s\n", clean);
	}
	sd_bus_message_unref(reply);
	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

static int show_only(Cli *cli, const char *name, const char *before, const char *yaml, const char *items)
{
	g_autofree char *clean = output_clean(items);

	(void)printf("exceptions:\n%s\n", clean);
	int code = print_difference(cli, before, yaml);
	if (code == 0)
		(void)fprintf(stderr, "Nothing was changed. Without --dry-run it is written to the policy %s.\n", name);
	return code;
}

static int show(const Cli *cli, const char *name, const char *items, bool written)
{
	g_autofree char *clean = output_clean(items);

	if (!cli->json) {
		(void)printf("The policy %s has now:\n%s", name, clean);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, "policy", name);
	output_set_text(data, "exceptions", items);
	json_object_set_boolean_member(data, "written", written);
	output_object(true, data);
	return EXIT_DONE;
}

/* `active`, `before`: what was in force, and its text, before the service was asked; it is replaced if that is still so. */
static int make(Cli *cli, const Options *options, const char *active, const char *before, sd_bus_message *reply)
{
	const char *name, *yaml, *items;
	int r = sd_bus_message_read(reply, "sss", &name, &yaml, &items);

	if (r < 0)
		return client_bad_answer(cli, r);
	if (strcmp(name, active) != 0)
		return output_error(cli, EXIT_UNDONE, "busy", "another policy was put in force meanwhile (%s), and nothing was written; do it again", name);
	if (options->dry_run)
		return cli->json ? show(cli, name, items, false) : show_only(cli, name, before, yaml, items);
	int code = policy_replace(cli, name, yaml, before);
	return code != 0 ? code : show(cli, name, items, true);
}

static int run_except(Cli *cli, const void *data)
{
	const Options *options = data;
	g_autofree char *active = NULL, *before = NULL;
	sd_bus_message *reply = NULL;
	uint64_t id;

	if (!audit_read_id(cli->words[0], &id))
		return output_error(cli, EXIT_USAGE, "usage", "policy except %s: expected the number of a decision, as the denial and sentinel audit list have it", cli->words[0]);
	if (!options->reason || !*options->reason)
		return output_error(cli, EXIT_USAGE, "usage", "policy except: say why it is needed: --reason TEXT");
	int code = client_connect(cli);
	if (code == 0)
		code = policy_active(cli, &active);
	if (code == 0)
		code = policy_get(cli, active, &before);
	if (code == 0)
		code = ask(cli, options, id, &reply);
	if (code == 0)
		code = make(cli, options, active, before, reply);
	sd_bus_message_unref(reply);
	return code;
}

const Verb verb_policy_except = {
	"policy except", run_except, 1, 1, "DECISION", N_("let calls like a denied one through from now on, as narrowly as it was"), OPTION_TABLE(Options, rows),
	"policy except 4711 --reason \"the backup needs it\" --for 30d",
};
