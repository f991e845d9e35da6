/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "dbus/names.h"

#define COLUMNS 4u

int policy_call(Cli *cli, const char *member, const char *first, const char *second, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, member);

	if (!call)
		return EXIT_UNDONE;
	int r = first ? sd_bus_message_append_basic(call, 's', first) : 0;
	if (r >= 0 && second)
		r = sd_bus_message_append_basic(call, 's', second);
	if (r >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return output_error(cli, EXIT_USAGE, "usage", "the text cannot be sent: %s", g_strerror(-r));
}

typedef struct PolicyRow {
	const char *name, *mode, *description;
	int active;
} PolicyRow;

static void add_cells(GPtrArray *cells, const PolicyRow *row)
{
	g_ptr_array_add(cells, g_strdup(row->active ? "*" : ""));
	g_ptr_array_add(cells, g_strdup(row->name));
	g_ptr_array_add(cells, g_strdup(*row->mode ? row->mode : "-"));
	g_ptr_array_add(cells, g_strdup(row->description));
}

static void add_object(JsonArray *array, const PolicyRow *row)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "name", row->name);
	json_object_set_string_member(object, "mode", row->mode);
	json_object_set_string_member(object, "description", row->description);
	json_object_set_boolean_member(object, "active", row->active);
	json_array_add_object_element(array, object);
}

static int print_list(const Cli *cli, sd_bus_message *reply)
{
	static const PolicyRow heading = { "NAME", "MODE", "DESCRIPTION", 0 };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	JsonArray *array = json_array_new();
	PolicyRow row;
	int r = sd_bus_message_enter_container(reply, 'a', "(sssb)");

	add_cells(cells, &heading);
	while (r >= 0 && (r = sd_bus_message_read(reply, "(sssb)", &row.name, &row.mode, &row.description, &row.active)) > 0) {
		add_cells(cells, &row);
		add_object(array, &row);
	}
	if (r < 0) {
		json_array_unref(array);
		return client_bad_answer(cli, r);
	}
	if (cli->json) {
		output_json(true, policy_data("policies", array));
	} else {
		output_table(cli, cells, COLUMNS);
		json_array_unref(array);
	}
	return EXIT_DONE;
}

int run_policy_list(Cli *cli)
{
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);

	if (code == 0)
		code = policy_call(cli, "List", NULL, NULL, &reply);
	if (code == 0)
		code = print_list(cli, reply);
	sd_bus_message_unref(reply);
	return code;
}

static int active_policy(Cli *cli, char **ret)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = sd_bus_get_property_string(cli->connection, cli->local ? NULL : SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER,
		"ActivePolicy", &error, ret);
	int code = r < 0 ? client_explain(cli, &error) : 0;

	sd_bus_error_free(&error);
	if (code == 0 && !**ret)
		code = output_error(cli, EXIT_UNDONE, "lockdown", "there is no valid policy in force; see: sentinel authz status");
	return code;
}

static int print_policy(const Cli *cli, const char *name, sd_bus_message *reply)
{
	const char *yaml;
	int r = sd_bus_message_read_basic(reply, 's', &yaml);

	if (r < 0)
		return client_bad_answer(cli, r);
	if (!cli->json) {
		(void)fputs(yaml, stdout);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	json_object_set_string_member(data, "name", name);
	json_object_set_string_member(data, "yaml", yaml);
	json_node_take_object(node, data);
	output_json(true, node);
	return EXIT_DONE;
}

int run_policy_show(Cli *cli)
{
	g_autofree char *name = cli->word_count ? g_strdup(cli->words[0]) : NULL;
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);

	if (code == 0 && !name)
		code = active_policy(cli, &name);
	if (code == 0 && cli->coverage)
		return policy_show_coverage(cli, name);
	if (code == 0)
		code = policy_call(cli, "Get", name, NULL, &reply);
	if (code == 0)
		code = print_policy(cli, name, reply);
	sd_bus_message_unref(reply);
	return code;
}

int run_policy_use(Cli *cli)
{
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);

	if (code == 0)
		code = policy_call(cli, "Use", cli->words[0], NULL, &reply);
	sd_bus_message_unref(reply);
	if (code != 0)
		return code;
	if (!cli->json) {
		(void)printf("Policy %s is in force\n", cli->words[0]);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	json_object_set_string_member(data, "active_policy", cli->words[0]);
	json_node_take_object(node, data);
	output_json(true, node);
	return EXIT_DONE;
}
