/* SPDX-License-Identifier: MIT
 *
 * pin list, pin drop.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/pin-wire.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pin.h"
#include "cli/table.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

#define COLUMNS 5u
#define SHORT_ID 12

static const char *text_of(JsonObject *pin, const char *name)
{
	return json_object_get_string_member_with_default(pin, name, "");
}

static bool is_set(JsonObject *pin, const char *name)
{
	return json_object_get_boolean_member_with_default(pin, name, FALSE);
}

/* What was kept and is not there says what to do: its directory is another one, or was not there when the machine started. */
static char *show_end(JsonObject *pin)
{
	if (is_set(pin, "absent"))
		return g_strdup("not made again");
	return is_set(pin, "kept") ? g_strdup("dropped") : time_show(json_object_get_int_member_with_default(pin, "expires", 0));
}

static void add_row(GPtrArray *cells, JsonObject *pin)
{
	const char *container = text_of(pin, "container");

	g_ptr_array_add(cells, g_strdup(text_of(pin, "path")));
	g_ptr_array_add(cells, show_end(pin));
	g_ptr_array_add(cells, g_strdup_printf("%s%s", text_of(pin, "map"),
				       json_object_get_boolean_member_with_default(pin, "read_only", FALSE) ? ", read-only" : ""));
	g_ptr_array_add(cells, *container ? g_strndup(container, SHORT_ID) : g_strdup("-"));
	g_ptr_array_add(cells, output_clean(text_of(pin, "directory")));
}

static void print(Cli *cli, JsonArray *pins)
{
	static const char *const heading[COLUMNS] = { "PIN", "UNTIL", "MAP", "CONTAINER", "DIRECTORY" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < json_array_get_length(pins); i++)
		add_row(cells, json_array_get_object_element(pins, i));
	table_print(cli, cells, COLUMNS);
}

static void print_json(JsonArray *pins)
{
	JsonObject *data = json_object_new();

	json_object_set_array_member(data, "pins", json_array_ref(pins));
	output_object(true, data);
}

static int list(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_PINS, "List") : NULL;

	(void)options;
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	if ((code = client_call(cli, call, &reply, NULL)) != 0)
		return code;
	g_autoptr(JsonArray) pins = variant_read_dicts(reply);
	sd_bus_message_unref(reply);
	if (!pins)
		return client_bad_answer(cli, -EBADMSG);
	if (cli->json)
		print_json(pins);
	else
		print(cli, pins);
	return EXIT_DONE;
}

const Verb verb_pin_list = {
	"pin list", list, 0, 0, "", N_("show your pins"), { 0 },
	"pin list",
};

/* A pin is named by its path, or by the last part of it. */
static char *object_of(const char *word)
{
	const char *name = g_str_has_prefix(word, PIN_DIR "/") ? word + strlen(PIN_DIR "/") : word;

	return pin_is_hex(name, PIN_NAME_LENGTH) ? g_strconcat(SENTINEL_OBJECT_PATH "/pins/", name, NULL) : NULL;
}

static int say_dropped(const Cli *cli, const char *container)
{
	if (cli->json) {
		JsonObject *data = json_object_new();
		output_set_text(data, "container", container);
		output_object(true, data);
	} else if (*container) {
		(void)fprintf(
			stderr, "sentinel: the container %.*s keeps it while it runs, and cannot be started again\n", SHORT_ID, container);
	}
	return EXIT_DONE;
}

int pin_drop(Cli *cli, const char *path, char **ret_container)
{
	g_autofree char *object = object_of(path);
	sd_bus_message *reply = NULL;
	const char *container = NULL;

	*ret_container = NULL;
	if (!object)
		return output_error(cli, EXIT_USAGE, "usage", "%s is no pin; see: sentinel pin list", path);
	int code = cli->connection ? 0 : client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_PINS, "Drop") : NULL;
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	int r = sd_bus_message_append_basic(call, 'o', object);
	if (r < 0) {
		sd_bus_message_unref(call);
		return client_bad_answer(cli, r);
	}
	code = client_call(cli, call, &reply, NULL);
	if (code == 0 && (r = sd_bus_message_read_basic(reply, 's', &container)) < 0)
		code = client_bad_answer(cli, r);
	*ret_container = g_strdup(container ? container : "");
	sd_bus_message_unref(reply);
	return code;
}

static int drop(Cli *cli, const void *options)
{
	g_autofree char *container = NULL;
	int code = pin_drop(cli, cli->words[0], &container);

	(void)options;
	return code == 0 && container ? say_dropped(cli, container) : code;
}

const Verb verb_pin_drop = {
	"pin drop", drop, 1, 1, "PIN", N_("end a pin; a container that has it keeps it while it runs"), { 0 },
	"pin drop /run/sentinel/pins/0123456789abcdef0123456789abcdef", .answer = true,
};
