/* SPDX-License-Identifier: MIT
 *
 * policy show --coverage
 */
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/table.h"

#define COLUMNS 4u

static void add(GPtrArray *cells, JsonArray *array, const char *const *row)
{
	static const char *const names[COLUMNS] = { "item", "status", "title", "rules" };
	JsonObject *object = json_object_new();

	for (size_t i = 0; i < COLUMNS; i++) {
		g_ptr_array_add(cells, g_strdup(row[i]));
		output_set_text(object, names[i], row[i]);
	}
	json_array_add_object_element(array, object);
}

int policy_show_coverage(Cli *cli, const char *name)
{
	static const char *const heading[COLUMNS] = { "ITEM", "STATUS", "TITLE", "RULES" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	JsonArray *array = json_array_new();
	sd_bus_message *reply = NULL;
	const char *row[COLUMNS];
	int code = policy_call(cli, "Coverage", name, NULL, &reply), r = code == 0 ? sd_bus_message_enter_container(reply, 'a', "(ssss)") : 0;

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	while (code == 0 && r >= 0 && (r = sd_bus_message_read(reply, "(ssss)", &row[0], &row[2], &row[1], &row[3])) > 0)
		add(cells, array, row);
	sd_bus_message_unref(reply);
	if (code == 0 && r >= 0 && cli->json) {
		output_array(true, "coverage", array);
		return EXIT_DONE;
	}
	json_array_unref(array);
	if (code != 0 || r < 0)
		return code != 0 ? code : client_bad_answer(cli, r);
	table_print(cli, cells, COLUMNS);
	return EXIT_DONE;
}
