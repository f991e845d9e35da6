/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/caller.h"
#include "cli/caret.h"
#include "cli/client.h"
#include "cli/compose.h"
#include "cli/input.h"
#include "cli/language.h"
#include "cli/layout.h"
#include "cli/output.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define MOST_ROUNDS 4

typedef struct Options {
	char *policy;
	Caller caller;
} Options;

static const Option rows[] = {
	OPTION(Options, policy, "policy", 'p', "NAME", "judge by this policy instead of the one in force"),
	OPTION(Options, caller.user, "user", 'u', "USER", "as if this user asked, instead of you; '' for nobody known"),
	OPTION(Options, caller.uid, "uid", 0, "N", "... with this uid"),
	OPTION(Options, caller.gid, "gid", 0, "N", "... with this primary group"),
	OPTION(Options, caller.groups, "groups", 0, "LIST", "... in these groups: NAME, NUMBER or NAME:NUMBER, with commas between"),
};

static int append_text(sd_bus_message *call, const char *name, const char *text)
{
	return text ? sd_bus_message_append(call, "{sv}", name, "s", text) : 0;
}

static int append_options(sd_bus_message *call, const Options *options, const Input *input)
{
	g_autofree char *cwd = g_get_current_dir();
	int r;

	if ((r = sd_bus_message_open_container(call, 'a', "{sv}")) < 0 || (r = append_text(call, "policy", options->policy)) < 0 ||
		(r = append_text(call, "cwd", cwd)) < 0 || (r = append_text(call, "home", g_get_home_dir())) < 0 ||
		(r = caller_append(&options->caller, call)) < 0 || (r = input_append(call, input)) < 0)
		return r;
	return sd_bus_message_close_container(call);
}

static int ask(Cli *cli, const Options *options, const Input *input, sd_bus_message **ret_reply, sd_bus_error *error)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Validate");
	int r = call ? sd_bus_message_append_strv(call, cli->words) : 0;

	if (!call)
		return EXIT_UNDONE;
	if (r >= 0)
		r = append_options(call, options, input);
	if (r >= 0)
		return client_call(cli, call, ret_reply, error);
	sd_bus_message_unref(call);
	return output_error(cli, EXIT_USAGE, "usage", "the command cannot be sent: %s", g_strerror(-r));
}

/* The service may find new names in what it got: files name variables. */
static int ask_until_known(Cli *cli, const Options *options, sd_bus_message **ret_reply)
{
	Input input;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int code;

	input_init(&input);
	for (int round = 0; (code = ask(cli, options, &input, ret_reply, &error)) != 0; round++) {
		bool asks = sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "NeedsInput");
		if (asks && round < MOST_ROUNDS)
			code = input_gather(cli, error.message, &input);
		else if (sd_bus_error_is_set(&error))
			code = client_explain(cli, &error);
		sd_bus_error_free(&error);
		if (code != 0 || !asks)
			break;
	}
	input_clear(&input);
	return code;
}

/* What the service said. */
typedef struct Verdict {
	int allowed;
	uint32_t score;
	JsonArray *findings, *mitigations;
	JsonObject *details;
} Verdict;

static void verdict_clear(Verdict *verdict)
{
	g_clear_pointer(&verdict->findings, json_array_unref);
	g_clear_pointer(&verdict->mitigations, json_array_unref);
	g_clear_pointer(&verdict->details, json_object_unref);
}

static const char *text_of(JsonObject *object, const char *name)
{
	return json_object_get_string_member_with_default(object, name, "");
}

/* "CIS-5.5, PSS-baseline" as a list. */
static JsonArray *split(const char *references)
{
	JsonArray *array = json_array_new();
	g_auto(GStrv) words = g_strsplit(references, ", ", 0);

	for (char **word = words; *word; word++)
		json_array_add_string_element(array, *word);
	return array;
}

/* The entry of a list beside the findings; "" when the service has no such list. */
static const char *beside(JsonObject *details, const char *name, guint index)
{
	JsonArray *array = json_object_has_member(details, name) ? json_object_get_array_member(details, name) : NULL;

	return array && index < json_array_get_length(array) ? json_array_get_string_element(array, index) : "";
}

/* A finding in the words of --json. */
static JsonObject *describe(JsonObject *finding, const char *argument, const char *references)
{
	const struct { const char *to, *from; } names[] = {
		{ "level", "severity" }, { "category", "category" }, { "description", "message" }, { "rule", "rule" }, { "action", "action" },
	};
	JsonObject *risk = json_object_new();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		output_set_text(risk, names[i].to, text_of(finding, names[i].from));
	output_set_text(risk, "argument", argument);
	json_object_set_array_member(risk, "references", split(references));
	return risk;
}

/* The number that the list `name` has for finding `i`. */
static gint64 number_beside(const Verdict *verdict, const char *name, guint i, gint64 otherwise)
{
	JsonArray *numbers = json_object_has_member(verdict->details, name) ? json_object_get_array_member(verdict->details, name) : NULL;

	return numbers && i < json_array_get_length(numbers) ? json_array_get_int_element(numbers, i) : otherwise;
}

/* The word of the command that finding `i` is about, or -1. */
static gint64 index_of(const Verdict *verdict, guint i)
{
	return number_beside(verdict, "argument_index", i, -1);
}

static void set_index(JsonObject *risk, gint64 index)
{
	if (index >= 0)
		json_object_set_int_member(risk, "index", index);
	else
		json_object_set_null_member(risk, "index");
}

static void print_json(const Verdict *verdict)
{
	JsonObject *data = json_object_new();
	JsonArray *risks = json_array_new(), *warnings = json_array_new();

	for (guint i = 0; i < json_array_get_length(verdict->findings); i++) {
		JsonObject *finding = json_array_get_object_element(verdict->findings, i);
		bool blocks = !strcmp(text_of(finding, "action"), "block");
		JsonObject *risk = describe(finding, beside(verdict->details, "arguments", i), beside(verdict->details, "references", i));
		set_index(risk, index_of(verdict, i));
		json_array_add_object_element(blocks ? risks : warnings, risk);
	}
	json_object_set_boolean_member(data, "allowed", verdict->allowed);
	json_object_set_int_member(data, "risk_score", verdict->score);
	json_object_set_int_member(data, "max_score", json_object_get_int_member_with_default(verdict->details, "max_score", 0));
	if (json_object_get_boolean_member_with_default(verdict->details, "limited", FALSE))
		json_object_set_boolean_member(data, "limited", TRUE);
	output_set_text(data, "command", text_of(verdict->details, "command"));
	output_set_text(data, "logged_as", text_of(verdict->details, "logged"));
	output_set_text(data, "policy", text_of(verdict->details, "policy"));
	output_set_text(data, "mode", text_of(verdict->details, "mode"));
	json_object_set_array_member(data, "risks", risks);
	json_object_set_array_member(data, "warnings", warnings);
	json_object_set_array_member(data, "mitigations", json_array_ref(verdict->mitigations));
	if (json_object_has_member(verdict->details, "pins"))
		json_object_set_member(data, "pins", json_node_copy(json_object_get_member(verdict->details, "pins")));
	output_object(verdict->allowed, data);
}

static bool would_block(const Verdict *verdict)
{
	for (guint i = 0; i < json_array_get_length(verdict->findings); i++)
		if (!strcmp(text_of(json_array_get_object_element(verdict->findings, i), "action"), "block"))
			return true;
	return false;
}

static int64_t limit_of(const Verdict *verdict)
{
	return json_object_get_int_member_with_default(verdict->details, "max_score", 0);
}

static const char *title_of(const Verdict *verdict)
{
	if (!verdict->allowed)
		return N_("⛔ BLOCKED BY SENTINEL");
	if (would_block(verdict) || verdict->score > limit_of(verdict))
		return N_("⚠️ ALLOWED, but enforce would block it");
	return json_array_get_length(verdict->findings) ? N_("✅ ALLOWED, with warnings") : N_("✅ ALLOWED");
}

/* Where nothing is denied nothing is shown as blocked. */
static void print_finding(const Cli *cli, JsonObject *finding, bool allowed)
{
	bool blocks = !allowed && !strcmp(text_of(finding, "action"), "block");
	g_autofree char *level = g_ascii_strup(text_of(finding, "severity"), -1);
	g_autofree char *tag = g_strdup_printf("[%s]", level);
	g_autofree char *painted = output_paint(cli, blocks ? PAINT_RED : PAINT_YELLOW, tag);

	(void)printf("%s %s %s\n", !layout_is_utf8() ? "*" : blocks ? "🚫" : "⚠️ ", painted, text_of(finding, "message"));
}

/* '^' under what blocks, '~' under what is reported. */
static void print_words(const Cli *cli, const Verdict *verdict)
{
	JsonArray *words = json_object_has_member(verdict->details, "words") ? json_object_get_array_member(verdict->details, "words") : NULL;
	bool any = false;

	if (!words)
		return;
	g_autofree char *marks = g_new0(char, json_array_get_length(words) + 1);
	for (guint i = 0; i < json_array_get_length(verdict->findings); i++) {
		gint64 index = index_of(verdict, i), end = index + number_beside(verdict, "argument_words", i, 1);
		bool blocks = !strcmp(text_of(json_array_get_object_element(verdict->findings, i), "action"), "block");
		for (; index >= 0 && index < end && index < json_array_get_length(words); index++) {
			marks[index] = blocks || marks[index] == '^' ? '^' : '~';
			any = true;
		}
	}
	if (any) {
		(void)putchar('\n');
		caret_print(cli, words, marks);
	}
}

static void print_text(const Cli *cli, const Verdict *verdict)
{
	bool findings = json_array_get_length(verdict->findings) > 0;
	const bool pictures = layout_is_utf8();
	const char *title = _(title_of(verdict));
	g_autofree char *painted = output_paint(cli, !verdict->allowed ? PAINT_RED : findings ? PAINT_YELLOW : PAINT_GREEN, pictures ? title : strchr(title, ' ') + 1);

	(void)printf(_("%s (Risk Score: %u/100)\n"), painted, verdict->score);
	for (guint i = 0; i < json_array_get_length(verdict->findings); i++)
		print_finding(cli, json_array_get_object_element(verdict->findings, i), verdict->allowed);
	if (!verdict->allowed && !would_block(verdict))
		(void)printf(_("%sThe risk score is above the limit of %d\n"), pictures ? "🚫 " : "* ", (int)limit_of(verdict));
	if (json_array_get_length(verdict->mitigations))
		(void)printf("%s%s\n", pictures ? "💡 " : "", _("Suggested fixes:"));
	for (guint i = 0; i < json_array_get_length(verdict->mitigations); i++)
		(void)printf(" %s %s\n", pictures ? "→" : "->", json_array_get_string_element(verdict->mitigations, i));
	(void)printf(_("Policy %s (%s), at most %d\n"), text_of(verdict->details, "policy"), text_of(verdict->details, "mode"),
		(int)limit_of(verdict));
	if (*text_of(verdict->details, "logged"))
		(void)printf(_("Logged as %s\n"), text_of(verdict->details, "logged"));
	if (json_object_get_boolean_member_with_default(verdict->details, "limited", FALSE))
		(void)fputs(_("sentinel: you may not talk to Docker, so this is judged by the command, and by the paths that you may see yourself\n"), stderr);
	print_words(cli, verdict);
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	sd_bus_message *reply = NULL;
	Verdict verdict = { 0 };
	int code = caller_check(cli, &options->caller), r;

	if (code == 0 && compose_is_up(cli->words))
		return compose_validate(cli, options->policy, &options->caller);
	if (code == 0)
		code = client_connect(cli);
	if (code == 0)
		code = ask_until_known(cli, options, &reply);
	if (code != 0)
		return code;
	r = sd_bus_message_read(reply, "bu", &verdict.allowed, &verdict.score);
	verdict.findings = variant_read_findings(reply);
	verdict.mitigations = verdict.findings ? variant_read_strings(reply) : NULL;
	verdict.details = verdict.mitigations ? variant_read_dict(reply) : NULL;
	if (r < 0 || !verdict.details) {
		code = client_bad_answer(cli, r < 0 ? r : -EBADMSG);
	} else {
		if (cli->json)
			print_json(&verdict);
		else
			print_text(cli, &verdict);
		code = verdict.allowed ? EXIT_DONE : EXIT_DENIED;
	}
	verdict_clear(&verdict);
	sd_bus_message_unref(reply);
	return code;
}

const Verb verb_validate = {
	"validate", run, 1, -1, "-- docker ...", N_("say what the policy would decide about a docker command"), OPTION_TABLE(Options, rows),
	"validate --policy production -- docker run --privileged ubuntu", N_("denied"), .answer = true,
};
