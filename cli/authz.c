/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/authz.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/service.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

static int not_there(Cli *cli)
{
	Absence absence = service_absence(cli);

	return output_error(cli, EXIT_UNDONE, absence.word, "%s: %s\n%s; %s", absence.message, absence.advice, absence.docker, absence.docker_advice);
}

static int get_all(Cli *cli, JsonObject **ret)
{
	sd_bus_message *call = client_call_new(cli, "org.freedesktop.DBus.Properties", "GetAll"), *reply = NULL;
	bool absent = false;

	if (!call)
		return EXIT_UNDONE;
	(void)sd_bus_message_append_basic(call, 's', SENTINEL_INTERFACE_MANAGER);
	int code = client_ask_state(cli, call, &reply, &absent);
	if (absent)
		return not_there(cli);
	if (code != 0)
		return code;
	*ret = variant_read_dict(reply);
	sd_bus_message_unref(reply);
	return *ret ? 0 : client_bad_answer(cli, -EBADMSG);
}

int authz_probe(Cli *cli, JsonObject *status)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "ProbeDocker"), *reply = NULL;
	const char *word, *message;
	bool absent = false;

	if (!call)
		return EXIT_UNDONE;
	int code = client_ask_state(cli, call, &reply, &absent);
	if (absent)
		return not_there(cli);
	if (code != 0)
		return code;
	int r = sd_bus_message_read(reply, "ss", &word, &message);
	if (r > 0) {
		output_set_text(status, "Docker", word);
		output_set_text(status, "DockerMessage", message);
	}
	sd_bus_message_unref(reply);
	return r > 0 ? 0 : client_bad_answer(cli, r);
}

/* Nothing for a private instance, which Docker cannot ask. */
static void print_socket(JsonObject *status)
{
	const int64_t first = json_object_get_int_member_with_default(status, "AskedFirst", 0), last = json_object_get_int_member_with_default(status, "AskedLast", 0);
	const char *path = json_object_get_string_member_with_default(status, "PluginSocket", "");

	if (!*path)
		return;
	g_autofree char *since = time_show(first), *at = time_show(last);
	(void)printf("%s %s\n", _("   Socket:"), path);
	if (first)
		(void)printf(_("    Asked: since %s, last %s\n"), since, at);
	else
		(void)puts(_("    Asked: never since the service started"));
}

/* Policies from a repository; nothing where none are fetched. */
static void print_fetched(JsonObject *status)
{
	const char *problem = json_object_get_string_member_with_default(status, "FetchError", "");

	if (json_object_get_int_member_with_default(status, "FetchAccepted", 0)) {
		g_autofree char *time = time_show(json_object_get_int_member(status, "FetchAccepted"));
		(void)printf("  Fetched: number %" PRId64 " of %s, %s\n", json_object_get_int_member_with_default(status, "FetchNumber", 0),
			json_object_get_string_member_with_default(status, "FetchSource", ""), time);
	}
	if (*problem)
		(void)printf("%s %s\n", _("  Not new:"), problem);
}

static JsonObject *fetched_object(JsonObject *status)
{
	static const struct { const char *to, *from; } names[] = {
		{ "number", "FetchNumber" }, { "policy", "FetchPolicy" }, { "source", "FetchSource" }, { "accepted", "FetchAccepted" },
		{ "expires", "FetchExpires" }, { "checked", "FetchChecked" }, { "failed", "FetchFailed" }, { "error", "FetchError" },
	};
	JsonObject *fetched = json_object_new();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (json_object_has_member(status, names[i].from))
			json_object_set_member(fetched, names[i].to, json_node_copy(json_object_get_member(status, names[i].from)));
	return fetched;
}

static void print_status(const Cli *cli, JsonObject *status)
{
	const char *state = json_object_get_string_member_with_default(status, "State", "");
	const char *problem = json_object_get_string_member_with_default(status, "PolicyError", "");
	const char *warning = json_object_get_string_member_with_default(status, "AuditWarning", "");
	g_autofree char *painted = output_paint(cli, !strcmp(state, "serving") ? PAINT_GREEN : PAINT_RED, state);

	(void)printf("%s %s\n%s %s (%s), %s %" PRId64 "\n", _("    State:"), painted, _("   Policy:"),
		json_object_get_string_member_with_default(status, "ActivePolicy", ""), json_object_get_string_member_with_default(status, "Mode", ""), _("generation"),
		json_object_get_int_member_with_default(status, "PolicyGeneration", 0));
	if (*problem)
		(void)printf("%s %s\n", _("  Problem:"), problem);
	if (*warning)
		(void)printf("%s %s\n", _("  Warning:"), warning);
	(void)printf("%s %s\n", _("   Docker:"), json_object_get_string_member_with_default(status, "DockerMessage", ""));
	print_socket(status);
	print_fetched(status);
	(void)printf("%s %" PRId64 " %s, %" PRId64 " %s, %" PRId64 " %s\n", _("Decisions:"), json_object_get_int_member_with_default(status, "Allowed", 0), _("allowed"),
		json_object_get_int_member_with_default(status, "Denied", 0), _("denied"), json_object_get_int_member_with_default(status, "Warned", 0), _("warned"));
	(void)printf("%s %s\n", _("  Version:"), json_object_get_string_member_with_default(status, "Version", ""));
}

/* The properties by the names that JSON readers expect. */
static JsonObject *status_object(JsonObject *status)
{
	static const struct { const char *to, *from; } names[] = {
		{ "state", "State" }, { "active_policy", "ActivePolicy" }, { "mode", "Mode" }, { "generation", "PolicyGeneration" },
		{ "policy_error", "PolicyError" }, { "audit_warning", "AuditWarning" }, { "allowed", "Allowed" }, { "denied", "Denied" }, { "warned", "Warned" }, { "version", "Version" },
		{ "docker", "Docker" }, { "docker_message", "DockerMessage" },
		{ "socket", "PluginSocket" }, { "asked_first", "AskedFirst" }, { "asked_last", "AskedLast" },
	};
	JsonObject *data = json_object_new();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (json_object_has_member(status, names[i].from))
			json_object_set_member(data, names[i].to, json_node_copy(json_object_get_member(status, names[i].from)));
	json_object_set_object_member(data, "fetched", fetched_object(status));
	return data;
}

static int run_status(Cli *cli, const void *options)
{
	g_autoptr(JsonObject) status = NULL;
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = get_all(cli, &status);
	if (code == 0)
		code = authz_probe(cli, status);
	if (code != 0)
		return code;
	if (cli->json)
		output_object(true, status_object(status));
	else
		print_status(cli, status);
	return EXIT_DONE;
}

const Verb verb_authz_status = {
	"authz status", run_status, 0, 0, "", N_("show the state of the guard"), { 0 },
	"authz status",
};

static int reload(Cli *cli, uint64_t *ret_generation)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "ReloadPolicy"), *reply = NULL;

	if (!call)
		return EXIT_UNDONE;
	int code = client_call(cli, call, &reply, NULL);
	int r = code == 0 ? sd_bus_message_read_basic(reply, 't', ret_generation) : 0;
	sd_bus_message_unref(reply);
	return r < 0 ? client_bad_answer(cli, r) : code;
}

static int run_reload(Cli *cli, const void *options)
{
	uint64_t generation = 0;
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = reload(cli, &generation);
	if (code != 0)
		return code;
	if (!cli->json) {
		(void)printf("Policy reloaded, generation %" PRIu64 "\n", generation);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	json_object_set_int_member(data, "generation", (gint64)generation);
	output_object(true, data);
	return EXIT_DONE;
}

const Verb verb_authz_reload = {
	"authz reload", run_reload, 0, 0, "", N_("read the policy again"), { 0 },
	"authz reload", .answer = true,
};
