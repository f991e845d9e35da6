/* SPDX-License-Identifier: MIT
 *
 * policy diff: two policies by what they mean.  Exit as diff(1): 0 the same, 1 not.
 */
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/policy.h"
#include "cli/verb.h"

/* The heading: the second word, `middle`, the first, `end`. */
static const struct { const char *effect, *middle, *end; Paint paint; } groups[] = {
	{ "allows", "allows what", " does not", PAINT_YELLOW },
	{ "denies", "denies what", " does not", PAINT_GREEN },
	{ "differs", "differs from", ", without a direction", PAINT_BOLD },
	{ "standard", "enforces of the standards otherwise than", "", PAINT_BOLD },
};

static void print_heading(const Cli *cli, size_t group)
{
	g_autofree char *title = g_strdup_printf("%s %s %s%s", cli->words[1], groups[group].middle, cli->words[0], groups[group].end);
	g_autofree char *painted = output_paint(cli, groups[group].paint, title);

	(void)printf("%s:\n", painted);
}

/* In an array of {effect, key, text}. */
static void print_group(const Cli *cli, JsonArray *differences, size_t group)
{
	bool begun = false;

	for (guint i = 0; i < json_array_get_length(differences); i++) {
		JsonObject *one = json_array_get_object_element(differences, i);
		if (strcmp(json_object_get_string_member(one, "effect"), groups[group].effect) != 0)
			continue;
		if (!begun)
			print_heading(cli, group);
		begun = true;
		(void)printf("  %s: %s\n", json_object_get_string_member(one, "key"), json_object_get_string_member(one, "text"));
	}
}

static int show(Cli *cli, JsonArray *differences)
{
	const bool same = !json_array_get_length(differences);

	if (cli->json) {
		output_array(true, "differences", json_array_ref(differences));
		return same ? EXIT_DONE : EXIT_DENIED;
	}
	pager_open(cli);
	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
		print_group(cli, differences, i);
	if (same) {
		g_autofree char *names = g_strdup_printf("%s and %s mean the same", cli->words[0], cli->words[1]);
		g_autofree char *clean = output_clean(names);
		(void)printf("%s\n", clean);
	}
	return same ? EXIT_DONE : EXIT_DENIED;
}

/* Of a policy that does not load nothing can be said. */
static int read_errors(const Cli *cli, sd_bus_message *reply)
{
	const char *name, *severity, *message;
	uint32_t line, column;
	int code = 0, r = sd_bus_message_enter_container(reply, 'a', "(suuss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suuss)", &name, &line, &column, &severity, &message)) > 0)
		if (code == 0 && !strcmp(severity, "error"))
			code = output_error(cli, EXIT_UNDONE, "policy_invalid", "%s:%u:%u: %s", cli->words[strcmp(name, "before") != 0], line, column, message);
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

static int read_differences(const Cli *cli, sd_bus_message *reply, JsonArray *ret)
{
	const char *effect, *key, *text;
	int r = sd_bus_message_enter_container(reply, 'a', "(sss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(sss)", &effect, &key, &text)) > 0) {
		JsonObject *one = json_object_new();
		output_set_text(one, "effect", effect);
		output_set_text(one, "key", key);
		output_set_text(one, "text", text);
		json_array_add_object_element(ret, one);
	}
	return r < 0 ? client_bad_answer(cli, r) : 0;
}

static int run_diff(Cli *cli, const void *options)
{
	g_autoptr(JsonArray) differences = json_array_new();
	g_autofree char *before = NULL, *after = NULL;
	sd_bus_message *reply = NULL;
	int code = policy_is_file(cli->words[0]) && policy_is_file(cli->words[1]) ? policy_connect_for_files(cli) : client_connect(cli);

	(void)options;
	if (code == 0)
		code = policy_read(cli, cli->words[0], &before);
	if (code == 0)
		code = policy_read(cli, cli->words[1], &after);
	if (code == 0)
		code = policy_call(cli, "Diff", before, after, &reply);
	if (code == 0)
		code = read_errors(cli, reply);
	if (code == 0)
		code = read_differences(cli, reply, differences);
	sd_bus_message_unref(reply);
	return code != 0 ? code : show(cli, differences);
}

const Verb verb_policy_diff = {
	"policy diff", run_diff, 2, 2, "NAME|FILE NAME|FILE", N_("compare two policies by what they mean: exit 1 when they differ"), { 0 },
	"policy diff production ./policy.yaml", N_("they differ"), .answer = true, .of_files = true,
};
