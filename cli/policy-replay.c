/* SPDX-License-Identifier: MIT
 *
 * policy replay: what a policy or a draft would change for the calls that are recorded.  Exit 1 when something would be newly denied.
 */
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

typedef struct Options {
	char *since, *until, *file;
} Options;

static const Option rows[] = {
	OPTION(Options, since, "since", 0, "TIME", "only from then on: 7d, 2026-01-31"),
	OPTION(Options, until, "until", 0, "TIME", "only before"),
	OPTION(Options, file, "file", 'f', "FILE", "the calls in this file, one of a trail's (also packed) or an export as jsonl, instead of the trail"),
};

/* One answer on its way to the report. */
typedef struct Replayed {
	JsonObject *counts;
	JsonArray *groups, *examples;
} Replayed;

static int ask(Cli *cli, const Options *options, const char *yaml, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Replay");
	int code;

	if (!call)
		return EXIT_UNDONE;
	if (sd_bus_message_append_basic(call, 's', yaml) < 0 || sd_bus_message_open_container(call, 'a', "{sv}") < 0) {
		sd_bus_message_unref(call);
		return output_error(cli, EXIT_USAGE, "usage", "the text cannot be sent");
	}
	code = policy_append_file(cli, call, options->file);
	if (code == 0)
		code = policy_append_time(cli, call, "since", options->since);
	if (code == 0)
		code = policy_append_time(cli, call, "until", options->until);
	if (code == 0 && sd_bus_message_close_container(call) >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return code;
}

static int read_groups(sd_bus_message *reply, JsonArray *ret)
{
	const char *effect, *kind, *name;
	uint64_t count;
	int r = sd_bus_message_enter_container(reply, 'a', "(ssst)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(ssst)", &effect, &kind, &name, &count)) > 0) {
		JsonObject *one = json_object_new();
		output_set_text(one, "effect", effect);
		output_set_text(one, "kind", kind);
		output_set_text(one, "name", name);
		json_object_set_int_member(one, "count", (gint64)count);
		json_array_add_object_element(ret, one);
	}
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int read_examples(sd_bus_message *reply, JsonArray *ret)
{
	const char *effect, *user, *command, *rule, *message;
	uint64_t id;
	int r = sd_bus_message_enter_container(reply, 'a', "(stssss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(stssss)", &effect, &id, &user, &command, &rule, &message)) > 0) {
		JsonObject *one = json_object_new();
		output_set_text(one, "effect", effect);
		json_object_set_int_member(one, "id", (gint64)id);
		output_set_text(one, "user", user);
		output_set_text(one, "command", command);
		output_set_text(one, "rule", rule);
		output_set_text(one, "message", message);
		json_array_add_object_element(ret, one);
	}
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static gint64 count_of(const Replayed *replayed, const char *effect)
{
	return json_object_get_int_member_with_default(replayed->counts, effect, 0);
}

static void print_groups(const Replayed *replayed, const char *effect)
{
	for (guint i = 0; i < json_array_get_length(replayed->groups); i++) {
		JsonObject *one = json_array_get_object_element(replayed->groups, i);
		const char *name = json_object_get_string_member(one, "name");
		if (!strcmp(json_object_get_string_member(one, "effect"), effect))
			(void)printf("  %7" G_GINT64_FORMAT "  %-8s %s\n", json_object_get_int_member(one, "count"), json_object_get_string_member(one, "kind"),
				*name ? name : "(not known, or others)");
	}
}

static void print_examples(const Replayed *replayed, const char *effect)
{
	for (guint i = 0; i < json_array_get_length(replayed->examples); i++) {
		JsonObject *one = json_array_get_object_element(replayed->examples, i);
		if (!strcmp(json_object_get_string_member(one, "effect"), effect))
			(void)printf("    #%" G_GINT64_FORMAT " %s: %s\n      %s\n", json_object_get_int_member(one, "id"), json_object_get_string_member(one, "user"),
				json_object_get_string_member(one, "command"), json_object_get_string_member(one, "message"));
	}
}

static void print_answer(Cli *cli, const Replayed *replayed)
{
	static const struct { const char *effect, *title; Paint paint; } parts[] = {
		{ "denied", "would be denied that were allowed", PAINT_RED },
		{ "allowed", "would be allowed that were denied", PAINT_YELLOW },
		{ "unknown", "cannot be known", PAINT_BOLD },
	};

	pager_open(cli);
	(void)printf("%" G_GINT64_FORMAT " calls would be judged as they were\n", count_of(replayed, "same"));
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *title = output_paint(cli, parts[i].paint, parts[i].title);
		(void)printf("%" G_GINT64_FORMAT " %s\n", count_of(replayed, parts[i].effect), title);
		print_groups(replayed, parts[i].effect);
		print_examples(replayed, parts[i].effect);
	}
}

static int show(Cli *cli, const Replayed *replayed)
{
	const bool worse = count_of(replayed, "denied") > 0;

	if (!cli->json) {
		print_answer(cli, replayed);
		return worse ? EXIT_DENIED : EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	json_object_set_object_member(data, "counts", json_object_ref(replayed->counts));
	json_object_set_array_member(data, "groups", json_array_ref(replayed->groups));
	json_object_set_array_member(data, "examples", json_array_ref(replayed->examples));
	output_object(true, data);
	return worse ? EXIT_DENIED : EXIT_DONE;
}

static int read_answer(const Cli *cli, sd_bus_message *reply, const Replayed *replayed)
{
	int code = policy_read_errors(cli, reply, cli->words[0]), r = 0;

	if (code != 0)
		return code;
	r = policy_read_counts(reply, replayed->counts);
	r = r < 0 ? r : read_groups(reply, replayed->groups);
	r = r < 0 ? r : read_examples(reply, replayed->examples);
	return r < 0 ? client_bad_answer(cli, r) : 0;
}

static int run_replay(Cli *cli, const void *data)
{
	const Replayed replayed = { json_object_new(), json_array_new(), json_array_new() };
	g_autofree char *yaml = NULL;
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);

	if (code == 0)
		code = policy_read(cli, cli->words[0], &yaml);
	if (code == 0)
		code = ask(cli, data, yaml, &reply);
	if (code == 0)
		code = read_answer(cli, reply, &replayed);
	if (code == 0)
		code = show(cli, &replayed);
	sd_bus_message_unref(reply);
	json_object_unref(replayed.counts);
	json_array_unref(replayed.groups);
	json_array_unref(replayed.examples);
	return code;
}

const Verb verb_policy_replay = {
	"policy replay", run_replay, 1, 1, "NAME|FILE", N_("say what a policy would change for the recorded calls: exit 1 when it denies one that was allowed"),
	OPTION_TABLE(Options, rows),
	"policy replay --since 30d strict", N_("a call would be denied that was allowed"),
};
