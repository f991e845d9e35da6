/* SPDX-License-Identifier: MIT
 *
 * config show and config check: config.yaml.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/policy.h"
#include "cli/table.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define COLUMNS 3u

static int read_settings(const Cli *cli, sd_bus_message *reply, JsonArray *settings)
{
	const char *key, *value;
	uint32_t line;
	int r = sd_bus_message_enter_container(reply, 'a', "(ssu)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(ssu)", &key, &value, &line)) > 0) {
		JsonObject *setting = json_object_new();
		output_set_text(setting, "key", key);
		output_set_text(setting, "value", value);
		json_object_set_boolean_member(setting, "default", line == 0);
		json_object_set_int_member(setting, "line", line);
		json_array_add_object_element(settings, setting);
	}
	return r < 0 ? client_bad_answer(cli, r) : 0;
}

/* "config.yaml:5", or that nobody said so. */
static char *origin(const char *file, JsonObject *setting)
{
	g_autofree char *name = g_path_get_basename(file);
	const int64_t line = json_object_get_int_member(setting, "line");

	return line ? g_strdup_printf("%s:%" PRId64, name, line) : g_strdup("default");
}

static void print(Cli *cli, const char *file, const char *problem, JsonArray *settings)
{
	static const char *const heading[COLUMNS] = { "KEY", "VALUE", "FROM" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < json_array_get_length(settings); i++) {
		JsonObject *setting = json_array_get_object_element(settings, i);
		const char *value = json_object_get_string_member(setting, "value");
		g_ptr_array_add(cells, g_strdup(json_object_get_string_member(setting, "key")));
		g_ptr_array_add(cells, g_strdup(*value ? value : "-"));
		g_ptr_array_add(cells, origin(file, setting));
	}
	table_print(cli, cells, COLUMNS);
	if (!cli->no_legend)
		(void)printf("%s\n", file);
	if (*problem)
		(void)printf("Not as the files say: %s\n", problem);
}

static int show(Cli *cli, sd_bus_message *reply)
{
	g_autoptr(JsonArray) settings = json_array_new();
	const char *raw_file = "", *raw_problem = "";
	int r = sd_bus_message_read(reply, "ss", &raw_file, &raw_problem);
	int code = r < 0 ? client_bad_answer(cli, r) : read_settings(cli, reply, settings);

	if (code != 0)
		return code;
	g_autofree char *file = output_clean(raw_file), *problem = output_clean(raw_problem);
	if (!cli->json) {
		print(cli, file, problem, settings);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	json_object_set_string_member(data, "file", file);
	json_object_set_string_member(data, "problem", problem);
	json_object_set_array_member(data, "settings", json_array_ref(settings));
	output_object(true, data);
	return EXIT_DONE;
}

static int run_show(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Settings") : NULL;

	(void)options;
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	code = client_call(cli, call, &reply, NULL);
	if (code == 0)
		code = show(cli, reply);
	sd_bus_message_unref(reply);
	return code;
}

const Verb verb_config_show = {
	"config show", run_show, 0, 0, "", N_("show the settings in force, and which of them config.yaml says"), { 0 },
	"config show",
};

static int run_check(Cli *cli, const void *options)
{
	(void)options;
	return policy_check_files(cli, SENTINEL_INTERFACE_MANAGER, "CheckSettings");
}

const Verb verb_config_check = {
	"config check", run_check, 1, -1, "FILE...", N_("check files for config.yaml: FILE:LINE:COL: message"), { 0 },
	"config check ./config.yaml", N_("a file does not load"), .answer = true, .alone = true,
};
