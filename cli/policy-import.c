/* SPDX-License-Identifier: MIT
 *
 * policy import: a policy or config.yaml of the tool that was there before, as one of today.  What is not known is refused: a key that is left
 * out may be one that forbids something.
 */
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/compose.h"
#include "cli/output.h"
#include "cli/policy-import.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "cli/yaml-write.h"
#include "dbus/names.h"

#define UNKNOWN ": unknown key"
#define NOW " (now: "
#define MOST_LEFT 200u /* keys that are left out */

typedef struct Options {
	char *name, *output;
	gboolean force, skip;
} Options;

static const Option rows[] = {
	OPTION(Options, name, "name", 0, "NEW-NAME", "what the policy is called", .fallback = N_("its name in FILE, or FILE's")),
	OPTION(Options, output, "output", 'o', "FILE", "write to FILE instead of the standard output"),
	OPTION(Options, force, "force", 0, NULL, "also when there is such a file"),
	OPTION(Options, skip, "skip-unknown", 0, NULL, "leave out what is not known, and say so at the top of the new file"),
};

typedef struct Import {
	Cli *cli;
	const char *file;
	JsonObject *tree;
	JsonArray *moved, *left;
	GString *yaml;
	bool config;
} Import;

/* A file that names the policy in force is config.yaml, which had a policy's keys, too. */
static bool is_config(JsonObject *tree)
{
	return json_object_has_member(tree, "active_policy");
}

/* " (now: ...)" behind a key of the older config.yaml, where that is known; freed by the caller. */
static char *whereabouts(const Import *import, const char *key)
{
	const char *now = import->config ? import_setting_now(key) : NULL;

	return now ? g_strdup_printf(NOW "%s)", now) : g_strdup("");
}

static void write_yaml(Import *import)
{
	g_string_truncate(import->yaml, 0);
	for (guint i = 0; i < json_array_get_length(import->left); i++) {
		const char *key = json_array_get_string_element(import->left, i);
		g_autofree char *now = whereabouts(import, key);
		g_string_append_printf(import->yaml, "# not taken over: %s%s\n", key, now);
	}
	yaml_write(import->yaml, import->tree);
}

static void add_problem(const Import *import, GString *problems, const char *message, const char *key)
{
	g_autofree char *now = key ? whereabouts(import, key) : g_strdup("");

	g_string_append_printf(problems, "%s%s%s", problems->len ? "; " : "", *now ? key : message, now);
}

/* Takes out what is not known, as long as that is all that is wrong.  0: something was; else the exit code after saying what is. */
static int judge(const Import *import, const Options *options, sd_bus_message *reply, bool *ret_good)
{
	const char *name, *severity, *message;
	uint32_t line, column;
	g_autoptr(GString) problems = g_string_new("");
	int r = sd_bus_message_enter_container(reply, 'a', "(suuss)");

	*ret_good = true;
	while (r >= 0 && (r = sd_bus_message_read(reply, "(suuss)", &name, &line, &column, &severity, &message)) > 0) {
		const char *unknown = strstr(message, UNKNOWN);
		g_autofree char *key = unknown ? g_strndup(message, (gsize)(unknown - message)) : NULL;
		if (strcmp(severity, "error") != 0)
			continue;
		*ret_good = false;
		if (options->skip && key && json_array_get_length(import->left) < MOST_LEFT && import_remove(import->tree, key))
			json_array_add_string_element(import->left, key);
		else
			add_problem(import, problems, message, key);
	}
	if (r < 0)
		return client_bad_answer(import->cli, r);
	if (!problems->len)
		return 0;
	return output_error(import->cli, EXIT_DENIED, "policy_invalid", "%s: %s%s", import->file, problems->str,
		strstr(problems->str, UNKNOWN) || strstr(problems->str, NOW) ? "; --skip-unknown leaves out what is not known" : "");
}

static int check(Import *import, const Options *options)
{
	bool good = false;
	int code = 0;

	while (code == 0 && !good) {
		sd_bus_message *reply = NULL;
		write_yaml(import);
		sd_bus_message *call = client_call_new(import->cli, import->config ? SENTINEL_INTERFACE_MANAGER : SENTINEL_INTERFACE_POLICIES,
			import->config ? "CheckSettings" : "Check");
		if (!call)
			return EXIT_UNDONE;
		(void)sd_bus_message_append_basic(call, 's', import->yaml->str);
		code = client_call(import->cli, call, &reply, NULL);
		if (code == 0)
			code = judge(import, options, reply, &good);
		sd_bus_message_unref(reply);
	}
	return code;
}

static void set_name(const Import *import, const Options *options, JsonObject *old)
{
	g_autofree char *base = g_path_get_basename(import->file);
	char *dot = strrchr(base, '.');

	if (dot)
		*dot = 0;
	if (options->name)
		json_object_set_string_member(old, "name", options->name);
	else if (!json_object_has_member(old, "name"))
		json_object_set_string_member(old, "name", base);
}

static int turn(Import *import, const Options *options)
{
	g_autofree char *text = NULL, *problem = NULL;
	int code = policy_read_file(import->cli, import->file, &text);

	if (code != 0)
		return code;
	g_autoptr(JsonNode) root = yaml_tree(text, strlen(text), &problem);
	if (!root)
		return output_error(import->cli, EXIT_DENIED, "policy_invalid", "%s: %s", import->file, problem);
	import->config = is_config(json_node_get_object(root));
	if (!import->config)
		set_name(import, options, json_node_get_object(root));
	import->tree = import->config ? json_object_ref(json_node_get_object(root)) : import_keys(json_node_get_object(root), import->moved, &problem);
	if (!import->tree)
		return output_error(import->cli, EXIT_DENIED, "policy_invalid", "%s: %s", import->file, problem);
	return check(import, options);
}

/* What a person should know who goes on with it. */
static void tell(const Import *import)
{
	if (import->cli->quiet)
		return;
	for (guint i = 0; i < json_array_get_length(import->moved); i++) {
		JsonObject *one = json_array_get_object_element(import->moved, i);
		(void)fprintf(stderr, "%s is %s now\n", json_object_get_string_member(one, "from"), json_object_get_string_member(one, "to"));
	}
	for (guint i = 0; i < json_array_get_length(import->left); i++) {
		g_autofree char *key = output_clean(json_array_get_string_element(import->left, i)), *now = whereabouts(import, key);
		(void)fprintf(stderr, "not taken over: %s%s\n", key, now);
	}
	(void)fprintf(stderr, "Comments are not taken over. Nothing is in force; %s\n",
		import->config ? "what the settings mean: sentineld(8)" : "see what it lets through that a template does not: sentinel policy diff production FILE");
}

static int show(const Import *import, const Options *options)
{
	const Cli *cli = import->cli;
	int code = options->output ? policy_write_file(cli, options->output, import->yaml->str, options->force) : 0;

	if (code != 0)
		return code;
	if (!cli->json) {
		if (!options->output)
			(void)fputs(import->yaml->str, stdout);
		tell(import);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	json_object_set_string_member(data, "kind", import->config ? "config" : "policy");
	output_set_text(data, options->output ? "output" : "yaml", options->output ? options->output : import->yaml->str);
	json_object_set_array_member(data, "moved", json_array_ref(import->moved));
	json_object_set_array_member(data, "left", json_array_ref(import->left));
	output_object(true, data);
	return EXIT_DONE;
}

static int run(Cli *cli, const void *data)
{
	Import import = { .cli = cli, .file = cli->words[0], .moved = json_array_new(), .left = json_array_new(), .yaml = g_string_new("") };
	int code = policy_connect_for_files(cli);

	if (code == 0)
		code = turn(&import, data);
	if (code == 0)
		code = show(&import, data);
	g_clear_pointer(&import.tree, json_object_unref);
	json_array_unref(import.moved);
	json_array_unref(import.left);
	(void)g_string_free(import.yaml, TRUE);
	return code;
}

const Verb verb_policy_import = {
	"policy import", run, 1, 1, "FILE", N_("turn a policy or config.yaml of the older tool into one of today"), OPTION_TABLE(Options, rows),
	"policy import --output team.yaml ./old-policy.yaml", N_("FILE has what is not known, or does not load"), .alone = true,
};
