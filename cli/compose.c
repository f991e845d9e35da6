/* SPDX-License-Identifier: MIT
 *
 * validate -- docker compose up: each call is judged, and the worst is the answer.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/compose.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/variant.h"
#include "dbus/names.h"

#define COLUMNS 4u

/* All that was said, by the member names of --json. */
typedef struct Judgement {
	JsonArray *calls, *risks, *warnings, *mitigations;
	int64_t score, max_score;
	bool denied, unknown;
	char *policy, *mode;
} Judgement;

static int send(Cli *cli, const char *policy, const Caller *caller, const ComposeCall *call, sd_bus_message **ret_reply)
{
	g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), call->body);
	g_autofree char *text = json_to_string(node, FALSE);
	sd_bus_message *message = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "ValidateRequest");

	if (!message)
		return EXIT_UNDONE;
	int r = sd_bus_message_append(message, "ss", "POST", call->uri);
	if (r >= 0)
		r = sd_bus_message_append_array(message, 'y', text, strlen(text));
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "{sv}");
	if (r >= 0 && policy)
		r = sd_bus_message_append(message, "{sv}", "policy", "s", policy);
	if (r >= 0)
		r = caller_append(caller, message);
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	if (r >= 0)
		return client_call(cli, message, ret_reply, NULL);
	sd_bus_message_unref(message);
	return output_error(cli, EXIT_UNDONE, "failed", "%s cannot be sent: %s", call->what, g_strerror(-r));
}

/* A finding, with what it was found in. */
static void add_finding(Judgement *judgement, const char *what, JsonObject *finding)
{
	static const struct { const char *to, *from; } names[] = {
		{ "level", "severity" }, { "category", "category" }, { "description", "message" }, { "rule", "rule" }, { "action", "action" },
	};
	const bool blocks = !strcmp(json_object_get_string_member_with_default(finding, "action", ""), "block");
	JsonObject *risk = json_object_new();

	output_set_text(risk, "of", what);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		output_set_text(risk, names[i].to, json_object_get_string_member_with_default(finding, names[i].from, ""));
	json_array_add_object_element(blocks ? judgement->risks : judgement->warnings, risk);
}

static void add_mitigations(Judgement *judgement, JsonArray *mitigations)
{
	for (guint i = 0; i < json_array_get_length(mitigations); i++) {
		const char *text = json_array_get_string_element(mitigations, i);
		bool there = false;
		for (guint k = 0; k < json_array_get_length(judgement->mitigations); k++)
			there |= !strcmp(json_array_get_string_element(judgement->mitigations, k), text);
		if (!there)
			json_array_add_string_element(judgement->mitigations, text);
	}
}

static JsonObject *add_call(Judgement *judgement, const char *what, const char *outcome, const char *why)
{
	JsonObject *object = json_object_new();

	output_set_text(object, "what", what);
	output_set_text(object, "outcome", outcome);
	output_set_text(object, "reason", why);
	json_array_add_object_element(judgement->calls, object);
	return object;
}

/* Blocking ones stand first. */
static const char *first_message(JsonArray *findings)
{
	return json_array_get_length(findings) ? json_object_get_string_member_with_default(json_array_get_object_element(findings, 0), "message", "") : "";
}

static int take_verdict(Cli *cli, Judgement *judgement, const ComposeCall *call, sd_bus_message *reply)
{
	uint32_t score = 0;
	int allowed = 0, r = sd_bus_message_read(reply, "bu", &allowed, &score);
	g_autoptr(JsonArray) findings = r < 0 ? NULL : variant_read_findings(reply);
	g_autoptr(JsonArray) mitigations = findings ? variant_read_strings(reply) : NULL;
	g_autoptr(JsonObject) details = mitigations ? variant_read_dict(reply) : NULL;

	if (!details)
		return client_bad_answer(cli, r < 0 ? r : -EBADMSG);
	/* What is denied as far as it is understood is denied whatever else it asks for. */
	const char *outcome = !allowed ? "denied" : call->unknown ? "not known" : json_array_get_length(findings) ? "warned" : "allowed";
	JsonObject *object = add_call(judgement, call->what, outcome, allowed && call->unknown ? call->unknown : first_message(findings));
	json_object_set_int_member(object, "risk_score", score);
	judgement->denied |= !allowed;
	judgement->unknown |= allowed && call->unknown;
	judgement->score = MAX(judgement->score, (int64_t)score);
	judgement->max_score = json_object_get_int_member_with_default(details, "max_score", 0);
	for (guint i = 0; i < json_array_get_length(findings); i++)
		add_finding(judgement, call->what, json_array_get_object_element(findings, i));
	add_mitigations(judgement, mitigations);
	g_free(judgement->policy);
	g_free(judgement->mode);
	judgement->policy = g_strdup(json_object_get_string_member_with_default(details, "policy", ""));
	judgement->mode = g_strdup(json_object_get_string_member_with_default(details, "mode", ""));
	return 0;
}

static int judge(Cli *cli, const char *policy, const Caller *caller, const ComposeCall *call, Judgement *judgement)
{
	sd_bus_message *reply = NULL;

	if (!call->uri) {
		(void)add_call(judgement, call->what, "not known", call->unknown);
		judgement->unknown = true;
		return 0;
	}
	int code = send(cli, policy, caller, call, &reply);
	if (code == 0)
		code = take_verdict(cli, judgement, call, reply);
	sd_bus_message_unref(reply);
	return code;
}

static void print_json(const Cli *cli, const Judgement *judgement)
{
	JsonObject *data = json_object_new();
	g_autofree char *command = g_strjoinv(" ", cli->words);

	json_object_set_boolean_member(data, "allowed", !judgement->denied && !judgement->unknown);
	json_object_set_boolean_member(data, "known", !judgement->unknown);
	json_object_set_int_member(data, "risk_score", judgement->score);
	json_object_set_int_member(data, "max_score", judgement->max_score);
	output_set_text(data, "command", command);
	output_set_text(data, "policy", judgement->policy ? judgement->policy : "");
	output_set_text(data, "mode", judgement->mode ? judgement->mode : "");
	json_object_set_array_member(data, "calls", json_array_ref(judgement->calls));
	json_object_set_array_member(data, "risks", json_array_ref(judgement->risks));
	json_object_set_array_member(data, "warnings", json_array_ref(judgement->warnings));
	json_object_set_array_member(data, "mitigations", json_array_ref(judgement->mitigations));
	output_object(!judgement->denied && !judgement->unknown, data);
}

static void print_text(Cli *cli, const Judgement *judgement)
{
	static const char *const heading[COLUMNS] = { "WHAT", "WOULD BE", "SCORE", "WHY" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < json_array_get_length(judgement->calls); i++) {
		JsonObject *call = json_array_get_object_element(judgement->calls, i);
		g_ptr_array_add(cells, g_strdup(json_object_get_string_member(call, "what")));
		g_ptr_array_add(cells, g_strdup(json_object_get_string_member(call, "outcome")));
		g_ptr_array_add(cells, json_object_has_member(call, "risk_score") ? g_strdup_printf("%" G_GINT64_FORMAT, json_object_get_int_member(call, "risk_score")) : g_strdup("-"));
		g_ptr_array_add(cells, g_strdup(json_object_get_string_member(call, "reason")));
	}
	table_print(cli, cells, COLUMNS);
	if (json_array_get_length(judgement->mitigations))
		(void)puts("\nSuggested fixes:");
	for (guint i = 0; i < json_array_get_length(judgement->mitigations); i++)
		(void)printf("  %s\n", json_array_get_string_element(judgement->mitigations, i));
	if (judgement->policy)
		(void)printf("\nPolicy %s (%s), at most %d\n", judgement->policy, judgement->mode, (int)judgement->max_score);
}

int compose_validate(Cli *cli, const char *policy, const Caller *caller)
{
	Judgement judgement = { json_array_new(), json_array_new(), json_array_new(), json_array_new() };
	g_autoptr(JsonObject) model = NULL;
	g_autoptr(GPtrArray) calls = NULL;
	ComposeLine line;
	int code = compose_read_line(cli, cli->words, &line);

	if (code == 0)
		code = compose_read_model(cli, &line, &model);
	if (code == 0)
		code = client_connect(cli);
	calls = code == 0 ? compose_calls(model, &line) : NULL;
	for (guint i = 0; code == 0 && i < calls->len; i++)
		code = judge(cli, policy, caller, g_ptr_array_index(calls, i), &judgement);
	if (code == 0 && cli->json)
		print_json(cli, &judgement);
	else if (code == 0)
		print_text(cli, &judgement);
	if (code == 0)
		code = judgement.denied ? EXIT_DENIED : judgement.unknown ? EXIT_UNDONE : EXIT_DONE;
	json_array_unref(judgement.calls);
	json_array_unref(judgement.risks);
	json_array_unref(judgement.warnings);
	json_array_unref(judgement.mitigations);
	g_free(judgement.policy);
	g_free(judgement.mode);
	compose_line_clear(&line);
	return code;
}
