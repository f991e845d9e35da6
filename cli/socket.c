/* SPDX-License-Identifier: MIT
 *
 * socket list, socket show.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define COLUMNS 5u

static char *text_of(JsonObject *socket, const char *name)
{
	return output_clean(json_object_get_string_member_with_default(socket, name, ""));
}

static bool is_set(JsonObject *socket, const char *name)
{
	return json_object_get_boolean_member_with_default(socket, name, FALSE);
}

static const char *state_of(JsonObject *socket)
{
	if (*json_object_get_string_member_with_default(socket, "problem", ""))
		return "refuses";
	return is_set(socket, "listens") ? "listens" : "absent";
}

static void print_all(Cli *cli, JsonArray *sockets)
{
	static const char *const heading[COLUMNS] = { "SOCKET", "STATE", "IDENTITY", "POLICY", "PATH" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < json_array_get_length(sockets); i++) {
		JsonObject *socket = json_array_get_object_element(sockets, i);
		g_ptr_array_add(cells, text_of(socket, "name"));
		g_ptr_array_add(cells, g_strdup(state_of(socket)));
		g_ptr_array_add(cells, text_of(socket, "identity"));
		g_ptr_array_add(cells, text_of(socket, "policy"));
		g_ptr_array_add(cells, text_of(socket, "path"));
	}
	table_print(cli, cells, COLUMNS);
}

/* NULL: the service has not answered, and `ret_code` is what it is. */
static JsonArray *ask(Cli *cli, int *ret_code)
{
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_SOCKETS, "List") : NULL;
	JsonArray *sockets = NULL;

	if (!call && code == 0)
		code = EXIT_UNDONE;
	if (call)
		code = client_call(cli, call, &reply, NULL);
	if (code == 0 && !(sockets = variant_read_dicts(reply)))
		code = client_bad_answer(cli, -EBADMSG);
	sd_bus_message_unref(reply);
	*ret_code = code;
	return sockets;
}

static int list(Cli *cli, const void *options)
{
	int code;
	g_autoptr(JsonArray) sockets = ask(cli, &code);

	(void)options;
	if (!sockets)
		return code;
	if (!cli->json) {
		print_all(cli, sockets);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	json_object_set_array_member(data, "sockets", json_array_ref(sockets));
	output_object(true, data);
	return EXIT_DONE;
}

const Verb verb_socket_list = {
	"socket list", list, 0, 0, "", N_("show the sockets of config.yaml"), { 0 },
	"socket list",
};

static void print_one(JsonObject *socket)
{
	static const char *const keys[] = { "name", "path", "owner", "group", "mode", "identity", "policy", "policies", "upstream", "labels", "problem" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *text = text_of(socket, keys[i]);
		if (*text)
			(void)printf("%-9s %s\n", keys[i], text);
	}
	if (is_set(socket, "hides_environment"))
		(void)printf("%-9s environment\n", "hides");
	(void)printf("%-9s %s\n", "state", state_of(socket));
}

static int show(Cli *cli, const void *options)
{
	const char *name = cli->words[0];
	JsonObject *found = NULL;
	int code;
	g_autoptr(JsonArray) sockets = ask(cli, &code);

	(void)options;
	if (!sockets)
		return code;
	for (guint i = 0; !found && i < json_array_get_length(sockets); i++) {
		JsonObject *socket = json_array_get_object_element(sockets, i);
		if (!strcmp(json_object_get_string_member_with_default(socket, "name", ""), name))
			found = socket;
	}
	if (!found)
		return output_error(cli, EXIT_UNDONE, "not_found", "there is no socket %s in config.yaml; see: sentinel socket list", name);
	if (cli->json)
		output_object(true, json_object_ref(found));
	else
		print_one(found);
	return EXIT_DONE;
}

const Verb verb_socket_show = {
	"socket show", show, 1, 1, "SOCKET", N_("show one of them, with its keys and what is wrong with it"), { 0 },
	"socket show docker",
};
