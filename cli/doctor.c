/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/doctor.h"
#include "cli/layout.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/service.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define CHECK_WORDS 4

static const char *const members[CHECK_WORDS] = { "name", "status", "message", "advice" };

static JsonArray *read_checks(sd_bus_message *reply)
{
	g_autoptr(JsonArray) checks = json_array_new();
	const char *words[CHECK_WORDS];
	int r = sd_bus_message_enter_container(reply, 'a', "(ssss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(ssss)", &words[0], &words[1], &words[2], &words[3])) > 0) {
		JsonObject *check = json_object_new();
		for (size_t i = 0; i < CHECK_WORDS; i++)
			output_set_text(check, members[i], words[i]);
		json_array_add_object_element(checks, check);
	}
	return r < 0 ? NULL : g_steal_pointer(&checks);
}

static guint count_of(JsonArray *checks, const char *status)
{
	guint count = 0;

	for (guint i = 0; i < json_array_get_length(checks); i++)
		count += strcmp(json_object_get_string_member(json_array_get_object_element(checks, i), "status"), status) == 0;
	return count;
}

static void print_check(const Cli *cli, JsonObject *check)
{
	static const struct { const char *status, *sign, *plain; Paint paint; } signs[] = {
		{ "ok", "✓", "+", PAINT_GREEN }, { "warning", "!", "!", PAINT_YELLOW }, { "failed", "✗", "x", PAINT_RED },
	};
	const char *status = json_object_get_string_member(check, "status"), *advice = json_object_get_string_member(check, "advice");

	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (strcmp(signs[i].status, status) != 0)
			continue;
		g_autofree char *sign = output_paint(cli, signs[i].paint, layout_is_utf8() ? signs[i].sign : signs[i].plain);
		(void)printf("%s %-14s %s\n", sign, json_object_get_string_member(check, "name"), json_object_get_string_member(check, "message"));
	}
	if (*advice)
		(void)printf("  %-14s %s %s\n", "", layout_is_utf8() ? "→" : "->", advice);
}

static void print_json(JsonArray *checks)
{
	JsonObject *data = json_object_new();

	json_object_set_boolean_member(data, "healthy", count_of(checks, "failed") == 0);
	json_object_set_array_member(data, "checks", json_array_ref(checks));
	output_object(count_of(checks, "failed") == 0, data);
}

static void print_text(Cli *cli, JsonArray *checks)
{
	pager_open(cli);
	for (guint i = 0; i < json_array_get_length(checks); i++)
		print_check(cli, json_array_get_object_element(checks, i));
	if (!cli->no_legend)
		(void)printf("\n%u ok, %u warnings, %u failed\n", count_of(checks, "ok"), count_of(checks, "warning"), count_of(checks, "failed"));
}

static void add_check(JsonArray *checks, const char *name, const char *message, const char *advice)
{
	const char *const words[CHECK_WORDS] = { name, "failed", message, advice };
	JsonObject *check = json_object_new();

	for (size_t i = 0; i < CHECK_WORDS; i++)
		output_set_text(check, members[i], words[i]);
	json_array_add_object_element(checks, check);
}

static JsonArray *checks_without_service(Cli *cli)
{
	JsonArray *checks = json_array_new();
	Absence absence = service_absence(cli);

	add_check(checks, "service", absence.message, absence.advice);
	add_check(checks, "plugin", absence.docker, absence.docker_advice);
	return checks;
}

int doctor_checks(Cli *cli, JsonArray **ret)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Diagnose"), *reply = NULL;
	bool absent = false;

	if (!call)
		return EXIT_UNDONE;
	int code = client_ask_state(cli, call, &reply, &absent);
	if (code != 0 && !absent)
		return code;
	*ret = absent ? checks_without_service(cli) : read_checks(reply);
	sd_bus_message_unref(reply);
	return *ret ? 0 : client_bad_answer(cli, -EBADMSG);
}

static int run(Cli *cli, const void *options)
{
	g_autoptr(JsonArray) checks = NULL;
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = doctor_checks(cli, &checks);
	if (code != 0)
		return code;
	if (cli->json)
		print_json(checks);
	else
		print_text(cli, checks);
	return count_of(checks, "failed") ? EXIT_DENIED : EXIT_DONE;
}

const Verb verb_doctor = {
	"doctor", run, 0, 0, "", N_("see whether everything is as it should be"), { 0 },
	"doctor", N_("something failed"),
};
