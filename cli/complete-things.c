/* SPDX-License-Identifier: MIT */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/complete-things.h"
#include "cli/output.h"
#include "cli/variant.h"
#include "config.h"
#include "dbus/names.h"

#define ANSWER_US ((uint64_t)4 * 1000 * 1000)
#define DECISIONS 30u
#define LONGEST_HELP 60

void complete_print(const Completion *completion, const char *word, const char *help)
{
	g_autofree char *clean = output_clean(word), *told = output_clean(help);

	if (!*word || strcmp(clean, word) != 0 || strpbrk(word, " \t\n\\'\"`$&|;<>()*?[]{}!") || !g_str_has_prefix(word, completion->typed))
		return;
	g_strdelimit(told, "\t\n", ' ');
	g_autofree char *begin = g_utf8_substring(told, 0, MIN(g_utf8_strlen(told, -1), LONGEST_HELP));
	(void)printf("%s%s\t%s\n", completion->prefix ? completion->prefix : "", word, begin);
}

void complete_take(Completion *completion, const Option *option, const char *value)
{
	Cli *cli = &completion->cli;

	if (!option)
		return;
	if (!strcmp(option->name, "local"))
		cli->local = TRUE;
	char **target = !strcmp(option->name, "bus") ? &cli->bus : !strcmp(option->name, "config-dir") ? &cli->config_dir : NULL;
	if (!target || !value)
		return;
	g_free(*target);
	*target = g_strdup(value);
}

void complete_end(Completion *completion)
{
	client_close(&completion->cli);
	option_clear(&option_all, &completion->cli);
	g_free(completion->prefix);
}

/* A call that the service may answer at once: nobody starts it, nobody is asked. */
static sd_bus_message *call_new(Completion *completion, const char *interface, const char *member)
{
	Cli *cli = &completion->cli;
	sd_bus_message *call = cli->connection || client_connect(cli) == 0 ? client_call_new(cli, interface, member) : NULL;

	if (call)
		(void)sd_bus_message_set_auto_start(call, 0);
	return call;
}

static sd_bus_message *answer(Completion *completion, sd_bus_message *call)
{
	sd_bus_message *reply = NULL;

	(void)sd_bus_call(completion->cli.connection, call, ANSWER_US, NULL, &reply);
	sd_bus_message_unref(call);
	return reply;
}

/* Without a service: the files of templates, whose names are no secret. */
static void templates(const Completion *completion)
{
	g_autoptr(GDir) dir = g_dir_open(SENTINEL_TEMPLATES_DIR, 0, NULL);
	const char *file;

	while (dir && (file = g_dir_read_name(dir))) {
		g_autofree char *name = g_str_has_suffix(file, ".yaml") ? g_strndup(file, strlen(file) - strlen(".yaml")) : NULL;
		if (name)
			complete_print(completion, name, "template");
	}
}

void complete_policies(Completion *completion)
{
	sd_bus_message *call = call_new(completion, SENTINEL_INTERFACE_POLICIES, "List"), *reply = call ? answer(completion, call) : NULL;
	const char *name, *mode, *description;
	int active;

	if (!reply) {
		templates(completion);
		return;
	}
	if (sd_bus_message_enter_container(reply, 'a', "(sssb)") >= 0)
		while (sd_bus_message_read(reply, "(sssb)", &name, &mode, &description, &active) > 0)
			complete_print(completion, name, description);
	sd_bus_message_unref(reply);
}

static void print_dicts(Completion *completion, sd_bus_message *reply, const char *name, const char *help)
{
	g_autoptr(JsonArray) things = reply ? variant_read_dicts(reply) : NULL;

	for (guint i = 0; things && i < json_array_get_length(things); i++) {
		JsonObject *thing = json_array_get_object_element(things, i);
		JsonNode *node = json_object_get_member(thing, name);
		g_autofree char *number = node && json_node_get_value_type(node) == G_TYPE_INT64 ? g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node)) : NULL;
		if (node)
			complete_print(completion, number ? number : json_node_get_string(node), json_object_get_string_member_with_default(thing, help, ""));
	}
	sd_bus_message_unref(reply);
}

static void print_decisions(Completion *completion, const char *decision)
{
	sd_bus_message *call = call_new(completion, SENTINEL_INTERFACE_MANAGER, "AuditQuery");

	if (!call)
		return;
	int r = sd_bus_message_open_container(call, 'a', "{sv}");
	if (r >= 0 && decision)
		r = sd_bus_message_append(call, "{sv}", "decision", "s", decision);
	if (r >= 0)
		r = sd_bus_message_close_container(call);
	if (r >= 0)
		r = sd_bus_message_append(call, "ut", DECISIONS, (uint64_t)0);
	if (r >= 0)
		print_dicts(completion, answer(completion, call), "id", "command");
	else
		sd_bus_message_unref(call);
}

void complete_decisions(Completion *completion)
{
	print_decisions(completion, NULL);
}

void complete_denials(Completion *completion)
{
	print_decisions(completion, "denied");
}

void complete_grants(Completion *completion)
{
	sd_bus_message *call = call_new(completion, SENTINEL_INTERFACE_MANAGER, "ListGrants");

	if (call)
		print_dicts(completion, answer(completion, call), "id", "command");
}

void complete_pins(Completion *completion)
{
	sd_bus_message *call = call_new(completion, SENTINEL_INTERFACE_PINS, "List");

	if (call)
		print_dicts(completion, answer(completion, call), "path", "directory");
}

void complete_sockets(Completion *completion)
{
	sd_bus_message *call = call_new(completion, SENTINEL_INTERFACE_SOCKETS, "List");

	if (call)
		print_dicts(completion, answer(completion, call), "name", "path");
}

/* Docker's own client knows the caller's rights and which Docker is meant. */
void complete_images(Completion *completion)
{
	const char *const argv[] = { "docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", NULL };
	g_autofree char *out = NULL;

	if (!g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL, NULL))
		return;
	g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++)
		complete_print(completion, *line, "");
}

/* Those that found something. */
void complete_rules(Completion *completion)
{
	sd_bus_message *call = call_new(completion, SENTINEL_INTERFACE_AUDIT, "Stats");
	g_autoptr(JsonObject) statistics = json_object_new();

	if (!call || sd_bus_message_append(call, "a{sv}", 0) < 0) {
		sd_bus_message_unref(call);
		return;
	}
	sd_bus_message *reply = answer(completion, call);
	bool known = reply && audit_read_statistics(reply, statistics) >= 0 && json_object_has_member(statistics, "rules");
	g_autoptr(GList) rules = known ? json_object_get_members(json_object_get_object_member(statistics, "rules")) : NULL;
	for (const GList *at = rules; at; at = at->next)
		complete_print(completion, at->data, "");
	sd_bus_message_unref(reply);
}

void complete_users(Completion *completion)
{
	const struct passwd *user;

	setpwent();
	while ((user = getpwent()))
		complete_print(completion, user->pw_name, "");
	endpwent();
}
