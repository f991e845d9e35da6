/* SPDX-License-Identifier: MIT
 *
 * The policies that there are.
 */
#include <stdio.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/table.h"
#include "cli/verb.h"

#define COLUMNS 4u

static void row_free(void *data)
{
	PolicyRow *row = data;

	g_free(row->name);
	g_free(row->mode);
	g_free(row->description);
	g_free(row);
}

static int read_rows(sd_bus_message *reply, GPtrArray *rows)
{
	const char *name, *mode, *description;
	int active, r = sd_bus_message_enter_container(reply, 'a', "(sssb)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(sssb)", &name, &mode, &description, &active)) > 0) {
		PolicyRow *row = g_new(PolicyRow, 1);
		*row = (PolicyRow){ g_strdup(name), g_strdup(mode), g_strdup(description), active != 0 };
		g_ptr_array_add(rows, row);
	}
	return r;
}

int policy_rows(Cli *cli, GPtrArray **ret)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	sd_bus_message *reply = NULL;
	int code = policy_call(cli, "List", NULL, NULL, &reply);

	if (code != 0)
		return code;
	int r = read_rows(reply, rows);
	sd_bus_message_unref(reply);
	*ret = g_steal_pointer(&rows);
	return r < 0 ? client_bad_answer(cli, r) : 0;
}

static void add_cells(GPtrArray *cells, const char *sign, const char *name, const char *mode, const char *description)
{
	g_ptr_array_add(cells, g_strdup(sign));
	g_ptr_array_add(cells, g_strdup(name));
	g_ptr_array_add(cells, g_strdup(mode));
	g_ptr_array_add(cells, g_strdup(description));
}

void policy_rows_print(Cli *cli, const GPtrArray *rows)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	add_cells(cells, "", "NAME", "MODE", "DESCRIPTION");
	for (guint i = 0; i < rows->len; i++) {
		const PolicyRow *row = g_ptr_array_index(rows, i);
		add_cells(cells, row->active ? "*" : "", row->name, *row->mode ? row->mode : "-", row->description);
	}
	table_print(cli, cells, COLUMNS);
}

int policy_none(const Cli *cli)
{
	return output_error(cli, EXIT_UNDONE, "no_policies",
		"there are no policy files; put the templates back with: sudo systemctl restart sentineld, then choose one: sudo sentinel init");
}

static JsonArray *rows_json(const GPtrArray *rows)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < rows->len; i++) {
		const PolicyRow *row = g_ptr_array_index(rows, i);
		JsonObject *object = json_object_new();
		output_set_text(object, "name", row->name);
		output_set_text(object, "mode", row->mode);
		output_set_text(object, "description", row->description);
		json_object_set_boolean_member(object, "active", row->active);
		json_array_add_object_element(array, object);
	}
	return array;
}

static int run(Cli *cli, const void *options)
{
	g_autoptr(GPtrArray) rows = NULL;
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = policy_rows(cli, &rows);
	if (code == 0 && !rows->len)
		code = policy_none(cli);
	if (code != 0)
		return code;
	if (cli->json)
		output_array(true, "policies", rows_json(rows));
	else
		policy_rows_print(cli, rows);
	return EXIT_DONE;
}

const Verb verb_policy_list = {
	"policy list", run, 0, 0, "", N_("show the policies"), { 0 },
	"policy list",
};
